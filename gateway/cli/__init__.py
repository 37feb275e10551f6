"""The command line: ``gateway …``. Parses, calls the rooms, prints. Heavy imports happen inside the commands.

Exit codes: 0 done; 1 done, with refusals where the command's help says so; 2 the caller's mistake; 3 prospects were
withheld.
"""

import os
import sys
from typing import Any

import click

from gateway.cli.common import Lazy

_COMMANDS = {
    "serve": ("gateway.cli.serving", "serve", "Run the gateway: web server and worker."),
    "work": ("gateway.cli.serving", "work", "Run one more worker."),
    "preview": ("gateway.cli.previewing", "preview", "Look at a file: its first rows, columns, problems."),
    "sample": ("gateway.cli.previewing", "sample", "What a list is worth, from rows drawn at random."),
    "import": ("gateway.cli.importing", "import_list", "Import a list under its manifest."),
    "manifest": ("gateway.cli.importing", "manifest", "Start or check a manifest."),
    "lists": ("gateway.cli.lists", "lists", "Show lists, receipts and rows."),
    "leads": ("gateway.cli.leads", "leads", "Find leads by address."),
    "override": ("gateway.cli.overriding", "override", "Set rules aside for leads that wait."),
    "explain": ("gateway.cli.leads", "explain", "Why a lead ended as it did, in sentences."),
    "holds": ("gateway.cli.holds", "holds", "What waits for an officer, grouped; answer many at once."),
    "prospects": ("gateway.cli.leads", "prospects", "Export the prospects."),
    "contactable": ("gateway.cli.happening", "contactable", "Who may be contacted today, how and in what tone."),
    "events": ("gateway.cli.happening", "events", "Take in what people did; who is about to reorder."),
    "phases": ("gateway.cli.happening", "phases", "How many people stand where; where one person stood when."),
    "numbers": ("gateway.cli.numbers", "numbers", "What leads are worth, and what became of people."),
    "destinations": ("gateway.cli.destinations", "destinations", "Where prospects are sent to."),
    "recall": ("gateway.cli.destinations", "recall", "Tell everybody who got some people that they are withdrawn."),
    "recalls": ("gateway.cli.recalls", "recalls", "Recalls, and who has not answered them."),
    "clocks": ("gateway.cli.due", "clocks", "What is due when, soonest first."),
    "suppress": ("gateway.cli.suppressing", "suppress", "Never write to an address, or call a number, again."),
    "suppressions": ("gateway.cli.suppressing", "suppressions", "Import or check suppressions."),
    "feedback": ("gateway.cli.feedback", "feedback", "Take in bounces and complaints; show what was reported."),
    "receipt": ("gateway.cli.person", "receipt", "Show and check receipts of consent."),
    "export-person": ("gateway.cli.person", "export_person", "What we have of a person, and from where."),
    "erase": ("gateway.cli.person", "erase", "Erase a person; what was suppressed stays so."),
    "sources": ("gateway.cli.sources", "sources", "Show and add forms."),
    "vendors": ("gateway.cli.sources", "vendors", "Show vendors and how they stand."),
    "invoices": ("gateway.cli.invoices", "invoices", "Vendors' invoices against what came of their rows."),
    "buying": ("gateway.cli.buying", "buying", "Leads bought one by one: terms, account, keys."),
    "wordings": ("gateway.cli.wordings", "wordings", "Show, approve and refuse the notices people agreed under."),
    "mail": ("gateway.cli.mailing", "mail", "Show and send our own mails."),
    "demo": ("gateway.cli.demoing", "demo", "Fill an empty gateway with a made-up month."),
    "sender": ("gateway.cli.sender", "sender", "Who we are toward the people we write to."),
    "reference": ("gateway.cli.reference", "reference", "Show and load reference lists."),
    "keys": ("gateway.cli.keys", "keys", "Make, show and revoke API keys."),
    "people": ("gateway.cli.people", "people", "Accounts: make, invite, change, end."),
    "policy": ("gateway.cli.policies", "policy", "Test, check, explain, compare and start policy packs."),
    "replay": ("gateway.cli.replaying", "replay", "Decide history again: as recorded, or under other packs."),
    "ledger": ("gateway.cli.ledgers", "ledger", "Verify the ledger."),
    "evidence": ("gateway.cli.evidence", "evidence", "Export and check evidence bundles."),
}


@click.group(cls=Lazy, commands_table=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version="0.1.0", prog_name="gateway")
def gateway() -> None:
    """The Lead Gateway: signups and bought lists go in; prospects, holds and rejections come out."""


def main(args: list[str] | None = None) -> Any:
    """Entry point. A caller's mistake is said in one or a few lines and exits with 2, never with a traceback."""
    from gateway.cli.common import fail
    from gateway.config import SettingsError
    from gateway.domain.problem import CallerError, LedgerError, Problem
    from gateway.policy.errors import PolicyError

    os.umask(0o077)  # whatever we write holds people's addresses
    asked = sys.argv[1:] if args is None else args
    as_json = "--json" in asked
    try:
        gateway(args=asked, prog_name="gateway", standalone_mode=True)
    except CallerError as error:
        fail(error.problems, as_json=as_json)
    except SettingsError as error:
        fail([Problem("settings", str(error))], as_json=as_json)
    except PolicyError as error:
        fail([Problem("policies", line) for line in error.problems], as_json=as_json)
    except LedgerError as error:
        advice = "is this the secret key the ledger was begun with (GATEWAY_SECRET_KEY or secret.key)?"
        fail([Problem("ledger", f"{error}; {advice}")], as_json=as_json)
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if not type(error).__module__.startswith("sqlalchemy.") and not isinstance(error, OSError):
            raise
        message = f"{str(error).splitlines()[0]}; are GATEWAY_DATABASE_URL and GATEWAY_DATA right?"
        fail([Problem("not_reachable", message)], as_json=as_json)
