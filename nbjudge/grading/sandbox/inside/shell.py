"""IPython without a terminal and without a history: all that a cell shows goes to its outputs."""

import io

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from .outputs import Outputs


class Stream(io.TextIOBase):
    """A text stream that ends in the outputs."""

    def __init__(self, name, outputs):
        self._name, self._outputs = name, outputs

    def writable(self):
        return True

    def write(self, text):
        self._outputs.stream(self._name, text)
        return len(text)


class Publisher(DisplayPublisher):
    """``display(...)`` and figures."""

    def publish(self, data, metadata=None, **_):
        self.shell.outputs.data("display_data", data)


class Result(DisplayHook):
    """The value of a cell's last line."""

    def start_displayhook(self):
        pass

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self.shell.outputs.data("execute_result", format_dict)

    def finish_displayhook(self):
        pass


class Shell(InteractiveShell):
    """IPython without a terminal, whose every output goes to ``outputs``."""

    def __init__(self, *args, **kwargs):
        self.outputs = Outputs()
        super().__init__(*args, **kwargs, displayhook_class=Result, display_pub_class=Publisher)

    def enable_gui(self, gui=None):
        """``%matplotlib inline`` asks for none, and there is no window for any other."""

    def _showtraceback(self, etype, evalue, stb):
        self.outputs.error(etype.__name__, str(evalue)[:2000], stb)


def make_shell():
    """The one shell of this process, without a history, whose saving would take a thread."""
    return Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
