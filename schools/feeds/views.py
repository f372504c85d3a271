"""Pages of feeds: which there are, one with what came of it, setting one up, asking for a pull, testing it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Data
from schools.feeds import actions, queries, work
from schools.feeds.forms import FeedForm
from schools.models import RosterFeed

PAGE = 25


@require_GET
@needs(Data.IMPORTS)
def feed_list(request: HttpRequest) -> HttpResponse:
    """Show every feed with when it is fetched and what came of it last."""
    return render(request, "schools/feeds/list.html", {"rows": queries.feed_rows()})


@require_GET
@needs(Data.IMPORTS)
def feed_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one feed and its pulls."""
    feed = _feed(uid)
    page = Paginator(queries.pulls_of(feed), PAGE).get_page(request.GET.get("page"))
    context = {
        "feed": feed,
        "rhythm": queries.rhythm(feed),
        "is_here": queries.is_set_up_by_someone_here(feed),
        "page": page,
    }
    return render(request, "schools/feeds/detail.html", context)


@sensitive_post_parameters("secret")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.IMPORTS)
def feed_add(request: HttpRequest) -> HttpResponse:
    """Set a feed up."""
    return _form_page(request, None)


@sensitive_post_parameters("secret")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.IMPORTS)
def feed_edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a feed."""
    return _form_page(request, _feed(uid))


@require_POST
@needs(Data.IMPORTS)
def feed_pull(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for a pull now; with `full`, of everything."""
    feed = _feed(uid)
    actions.request_pull(feed=feed, by=signed_in(request), full="full" in request.POST)
    messages.success(request, _("The feed will be fetched as soon as a worker is free."))
    return redirect("schools:feed-detail", uid=feed.uid)


@require_POST
@needs(Data.IMPORTS)
def feed_test(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Sign in to the provider and ask for one org."""
    feed = _feed(uid)
    if feed.is_folder:
        raise Http404
    succeeded, words = work.test(feed)
    actions.record_test(feed=feed, succeeded=succeeded, by=signed_in(request))
    (messages.success if succeeded else messages.error)(request, words)
    return redirect("schools:feed-detail", uid=feed.uid)


def _form_page(request: HttpRequest, feed: RosterFeed | None) -> HttpResponse:
    form = FeedForm(request.POST if request.method == "POST" else None, instance=feed)
    if request.method == "POST" and form.is_valid():
        saved = actions.save_feed(
            feed=form.save(commit=False), secret=form.cleaned_data["secret"], by=signed_in(request)
        )
        messages.success(request, _("The feed is saved."))
        return redirect("schools:feed-detail", uid=saved.uid)
    context = {"form": form, "feed": feed}
    return render(request, "schools/feeds/form.html", context, status=400 if form.errors else 200)


def _feed(uid: UUID) -> RosterFeed:
    feed = queries.feed_of(uid)
    if feed is None:
        raise Http404
    return feed
