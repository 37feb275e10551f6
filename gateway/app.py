"""Puts the web together: routes, error answers, headers. No rule, no query and no page of its own."""

import logging
from typing import Any

from flask import Flask, Response, g, render_template, request
from flask_smorest import Api
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from gateway.console.desk import frame
from gateway.console.desk import pages as desk
from gateway.console.http import blueprint as console
from gateway.domain.problem import CallerError, Problem
from gateway.health import blueprint as health
from gateway.health import readiness
from gateway.intake import (
    http_bought,
    http_buying,
    http_clocks,
    http_confirm,
    http_decide,
    http_destinations,
    http_events,
    http_feedback,
    http_forms,
    http_leads,
    http_leave,
    http_lists,
    http_mappings,
    http_numbers,
    http_person,
    http_pings,
    http_platforms,
    http_previews,
    http_receipts,
    http_runs,
    http_signups,
    http_sources,
    http_suppressions,
    http_vendors,
)
from gateway.intake.guard.breaker import Breaker
from gateway.intake.guard.proof import Proofs
from gateway.intake.guard.rates import Rates
from gateway.intake.guard.siblings import Siblings
from gateway.intake.guard.spent import Spent
from gateway.intake.guard.stranger import Guard
from gateway.intake.http import BoundedRequest, DeliveryId, LeadId, ListId, Number, RecallId, problem_answer
from gateway.intake.together import Together
from gateway.invoicing import http as http_invoices
from gateway.invoicing import person as invoicing
from gateway.pipeline import Services
from gateway.policy.errors import PolicyError
from gateway.walls import CONTENTS, contents_policy, walled

LARGEST_BODY = 1 << 20  # bytes; uploads set their own limit
TITLE = "Lead Gateway"
_log = logging.getLogger(__name__)
_DESCRIPTION = """Leads come in, and each ends as a prospect, a hold or a rejection, with its reasons and its law.

Mistakes of the caller are answered as `application/problem+json` (RFC 9457) with every problem at once."""


class _Walled(Flask):
    """Every answer goes out behind walls."""

    def wsgi_app(self, environ: Any, start_response: Any) -> Any:
        """As Flask's own."""

        def is_https() -> bool:
            public_url: str = self.extensions["gateway"].settings.public_url
            return environ["wsgi.url_scheme"] == "https" or public_url.startswith("https://")

        return super().wsgi_app(environ, walled(start_response, is_https))


def remembered(gateway: Services, siblings: Siblings | None = None) -> dict[str, Any]:
    """What requests share, under the names by which an application has it (``extensions``)."""
    siblings = siblings or Siblings()
    guard = Guard(Breaker(gateway), proofs=Proofs(Spent(gateway).is_first))
    siblings.share("networks", guard.networks)
    siblings.share("sources", guard.sources)
    return {
        "gateway": gateway, "gateway.together": Together(gateway), "gateway.guard": guard,
        "gateway.pings": siblings.share("pings", Rates(http_pings.WINDOW)),
        "gateway.leave": siblings.share("leave", Rates(http_leave.WINDOW)),
    }  # fmt: skip


def create_app(gateway: Services, siblings: Siblings | None = None) -> Flask:
    """The WSGI application. Refuses to start with a route that does not say who may call it.

    ``siblings``: the processes that serve it on one port, if they are several; what one counts, all count.
    """
    app = _Walled("gateway", static_folder=None, template_folder="console/templates")
    app.request_class = BoundedRequest
    app.extensions |= remembered(gateway, siblings)
    app.extensions["gateway.readiness"] = readiness  # the desk shows it, and may not know the workers itself
    app.extensions["gateway.billed"] = invoicing.tell  # a person is told of it, by a room that may not know it itself
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        API_TITLE=TITLE,
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={"info": {"description": _DESCRIPTION}},
    )
    app.url_map.converters.update(
        int=Number, list_id=ListId, lead_id=LeadId, delivery_id=DeliveryId, recall_id=RecallId
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    api = Api(app)
    api.DEFAULT_ERROR_RESPONSE_NAME = None  # every operation names its own
    app.extensions["gateway.spec"] = api.spec
    api.spec.components.security_scheme(
        "key", {"type": "http", "scheme": "bearer", "description": "A key made by `gateway keys new --scope SCOPE`."}
    )
    for converter in (ListId, LeadId, DeliveryId, RecallId):
        api.register_converter(converter, _id_shape)
    for views in (
        http_signups,
        http_platforms,
        http_lists,
        http_mappings,
        http_runs,
        http_previews,
        http_leads,
        http_clocks,
        http_events,
        http_numbers,
        http_decide,
        http_destinations,
        http_feedback,
        http_person,
        http_suppressions,
        http_sources,
        http_invoices,
        http_pings,
        http_bought,
        http_buying,
        http_vendors,
    ):
        api.register_blueprint(views.blueprint)
    app.register_blueprint(console)
    frame.install(app)
    app.register_blueprint(desk.blueprint)
    app.register_blueprint(http_leave.blueprint)
    app.register_blueprint(http_forms.blueprint)
    app.register_blueprint(http_confirm.blueprint)
    app.register_blueprint(health)
    app.register_blueprint(http_receipts.blueprint)
    app.register_error_handler(CallerError, _caller_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(PolicyError, _no_policies)
    app.register_error_handler(Exception, _our_error)
    app.after_request(_contents)
    _refuse_unguarded(app)
    return app


def _id_shape(converter: Any) -> dict[str, str]:
    return {"type": "string", "pattern": f"^{converter.regex}$", "description": f"Such as `{converter.kind}_7`."}


def _refuse_unguarded(app: Flask) -> None:
    bare = [rule.rule for rule in app.url_map.iter_rules() if not hasattr(app.view_functions[rule.endpoint], "open_to")]
    if bare:
        raise RuntimeError(f"routes that do not say who may call them: {', '.join(bare)}")


def _is_api() -> bool:
    return request.path.startswith("/v1/")


def _caller_error(error: CallerError) -> Response:
    if desk.is_ours():
        return desk.mistake(error.status, error.title, error.problems)
    return problem_answer(error) if _is_api() else _page(error.status, error.title, dict(error.headers))


def _http_error(error: HTTPException) -> Response:
    """404, 405, 413 and their like, with the headers that belong to them (Allow, Retry-After)."""
    status = error.code or 500
    headers = {
        name: value for name, value in error.get_headers() if name.lower() not in {"content-type", "content-length"}
    }
    if desk.is_ours():
        return desk.mistake(status, error.name, ())
    if not _is_api():
        return _page(status, error.name, headers)
    problem = Problem(error.name.lower().replace(" ", "_"), error.description or error.name)
    return problem_answer(CallerError([problem], status, error.name, headers))


def _no_policies(error: PolicyError) -> Response:
    """Without its packs the gateway judges nothing, and so takes nothing. What is wrong is for operators only."""
    _log.critical("the policies cannot be read, so no lead is taken:\n%s", error)
    return _http_error(
        ServiceUnavailable("No lead can be judged at the moment, so none is taken. Please try again later.")
    )


def _our_error(error: Exception) -> Response:
    """Our own failure: logged, and nothing of it shown."""
    _log.error("failed: %s %s", request.method, request.url_rule, exc_info=error)
    return _http_error(InternalServerError())


def _page(status: int, title: str, headers: dict[str, str]) -> Response:
    page = render_template("error.html", status=status, title=title)
    return Response(page, status, headers, mimetype="text/html")


def _contents(response: Response) -> Response:
    """A page that runs our own scripts, or whose forms lead elsewhere, says so; what holds for all, `walled` adds."""
    if (targets := g.get("form_targets")) is not None or g.get("own_scripts"):
        response.headers[CONTENTS] = contents_policy(targets or (), own_scripts=bool(g.get("own_scripts")))
    return response
