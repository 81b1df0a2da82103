"""What we write to people: a template for each letter, words for each language.

`render(letter, language, facts)` makes the PDF. Nothing here decides what is sent to whom.
"""
