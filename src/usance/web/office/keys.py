"""One's own API keys: made here, shown once, seen, ended."""

from datetime import UTC, datetime, timedelta

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from usance.shared import keys
from usance.shared.models import ApiKey

from . import desk

DAYS = (
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("a year")),
    ("", gettext_lazy("until it is revoked")),
)


class Wanted(forms.Form):
    """What a key is for, what it may, and how long."""

    name = forms.CharField(max_length=200, label=gettext_lazy("What it is for"), strip=True)
    scopes = forms.MultipleChoiceField(label=gettext_lazy("What it may"), initial=[keys.READ])
    days = forms.ChoiceField(
        choices=DAYS, required=False, initial="90", label=gettext_lazy("It holds")
    )

    def __init__(self, offered: tuple[str, ...], *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type] # Django's own order.
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = [(scope, scope) for scope in offered]

    def clean_scopes(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["scopes"]
        if keys.idle(chosen):
            raise forms.ValidationError(_("A desk does nothing without write: choose write too."))
        return chosen


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """The keys, and the form. A key that was just made stands on the answer, and nowhere else."""
    form = Wanted(keys.offered(request.user), request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        said, at = form.cleaned_data, datetime.now(UTC)
        ends = at + timedelta(days=int(said["days"])) if said["days"] else None
        made = keys.make(said["name"], said["scopes"], owner=request.user, at=at, expires_at=ends)
        form = Wanted(keys.offered(request.user))
    return _shown(request, form, made)


def _shown(request: HttpRequest, form: Wanted, made: keys.Made | None) -> HttpResponse:
    chosen = form["scopes"].value() or []
    context = {
        "rows": [_drawn(row) for row in keys.seen_by(request.user)[:200]],
        "form": form,
        "scopes": [
            {"name": scope, "chosen": scope in chosen} for scope in keys.offered(request.user)
        ],
        "days": [{"value": value, "word": word, "chosen": value == form["days"].value()}
                 for value, word in DAYS],
        "made": made,
    }  # fmt: skip
    return render(request, "office/keys.html", context, status=422 if form.errors else 200)


def _drawn(row: ApiKey) -> dict[str, object]:
    if row.revoked_at:
        word, tone = _("Revoked"), "plain"
    elif keys.in_force(row, at=datetime.now(UTC)):
        word, tone = _("In force"), "good"
    else:
        word, tone = _("Ended"), "plain"
    return {"row": row, "word": word, "tone": tone, "owner": row.owner}


@require_POST
def revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """Put it out of force at once: one's own, or as an administrator anybody's."""
    rows = keys.seen_by(request.user).filter(prefix=prefix)
    if not rows.exists():
        raise Http404
    if keys.revoke(rows, at=datetime.now(UTC)):
        desk.told(request, _("%(key)s is revoked: whoever uses it is refused.") % {"key": prefix})
    return redirect("api_keys")
