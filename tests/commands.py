"""Commands as they are typed, in this process: problems are said as on the command line."""

from click.testing import CliRunner

from gateway.cli import main


class _Main:
    """main() as click's runner calls a command."""

    name = "gateway"

    def main(self, args, prog_name, **_extra):
        del prog_name
        return main(args)


def call(*args, check=0, stdin=None):
    """Type a command; what it said. ``check``: the exit code it must end with."""
    done = CliRunner().invoke(_Main(), list(map(str, args)), input=stdin)
    assert done.exit_code == check, done.output
    return done.output
