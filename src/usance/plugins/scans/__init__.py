"""Readers of pages: PDFs without data and pictures of paper."""
