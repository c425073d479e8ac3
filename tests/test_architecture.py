"""The plan of the house, held up by reading the source: who may import whom, how long a file gets, what is public."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
import types
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("vae_core", "components", "tests")
WEB = {"dash", "dash_mantine_components", "flask", "plotly", "waitress", "werkzeug"}
SLOW = {"sklearn", "umap", "openTSNE", "numba", "pynndescent"}
MOST_LINES = 350
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "misc", "common"}
BARE = re.compile(
    "told|said|asked|kept|found|wanted|drawn|offered|together|beyond|within|some|each|all|none|both|given|shown|known|seen|"
    "taken|made|left|owned|counted|described|written|held|settled|fitted|encoded|off|even|apart|now|here|there"
)
HARMLESS_HOSTS = {"www.w3.org", "w3.org", "localhost", "127.0.0.1"}


def sources(*rooms: str) -> list[Path]:
    """Return the Python files of `rooms`, or ``app.py`` for the room ``app``."""
    files: list[Path] = []
    for room in rooms:
        files += [ROOT / "app.py"] if room == "app" else sorted((ROOT / room).rglob("*.py"))
    return files


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and top-level package of every import in a file, those inside functions too."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = (node.module or "").split(".")[0] if node.level == 0 else path.relative_to(ROOT).parts[0]
            yield node.lineno, package
        elif isinstance(node, ast.Call) and _called(node.func) in {"import_module", "__import__"} and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value.split(".")[0]


def forbidden(files: list[Path], packages: set[str]) -> list[str]:
    return [
        f"{named(f)}:{line} imports {package}" for f in files for line, package in imports(f) if package in packages
    ]


def test_vae_core_knows_nothing_of_the_web() -> None:
    assert forbidden(sources("vae_core"), WEB | {"components", "app", "tests"}) == []


def test_components_do_not_know_the_program() -> None:
    assert forbidden(sources("components"), {"app", "tests"}) == []


def test_the_program_does_not_know_its_tests() -> None:
    assert forbidden(sources("app"), {"tests"}) == []


def test_every_imported_package_is_pinned_and_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ranges = {canonicalize_name(r.name): r for r in map(Requirement, project["dependencies"])}
    extras = [one for part in project["optional-dependencies"].values() for one in part]
    optional = {canonicalize_name(Requirement(one).name) for one in extras}
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = {canonicalize_name(r.name): r for r in map(Requirement, (x for x in lines if x and not x.startswith("#")))}
    providers = packages_distributions()
    own = {"vae_core", "components", "app"} | sys.stdlib_module_names
    imported = {package for file in sources("vae_core", "components", "app") for _, package in imports(file)} - own
    # What comes with dash is dash's to declare.
    needed = {canonicalize_name(providers.get(p, [p])[0]) for p in imported} - {"flask", "werkzeug"} - optional
    assert needed <= ranges.keys(), f"pyproject.toml does not declare {sorted(needed - ranges.keys())}"
    assert ranges.keys() <= pins.keys(), f"requirements.txt does not pin {sorted(ranges.keys() - pins.keys())}"
    for name, pin in pins.items():
        (exact,) = pin.specifier
        assert exact.operator == "==", f"{pin} is not an exact version"
        assert name not in ranges or exact.version in ranges[name].specifier, f"{pin} lies outside {ranges[name]}"


def test_the_lowest_versions_are_those_that_are_declared() -> None:
    """What a range begins with has been tested; torch alone is tested at the pinned version only."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "requirements-lowest.txt").read_text(encoding="utf-8").splitlines()
    lowest = {canonicalize_name(r.name): r for r in map(Requirement, (x for x in lines if x and not x.startswith("#")))}
    for declared in map(Requirement, project["dependencies"]):
        begins = next(Version(one.version) for one in declared.specifier if one.operator == ">=")
        (tested,) = lowest[canonicalize_name(declared.name)].specifier
        assert declared.name == "torch" or Version(tested.version) == begins, declared


def test_optional_libraries_are_imported_only_where_they_are_needed() -> None:
    code = (
        "import sys, vae_core.model, app, components.notebook.ipython; "
        "print(*sorted({'diffusers', 'onnxruntime', 'pythae', 'IPython'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_files_stay_short() -> None:
    scripts = [p for p in (ROOT / "assets").rglob("*") if p.suffix in {".js", ".mjs", ".css"} and ".min." not in p.name]
    lengths = {named(p): len(p.read_text(encoding="utf-8").splitlines()) for p in sources(*ROOMS, "app") + scripts}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


def test_no_file_has_a_vague_name() -> None:
    everything = [p for room in (*ROOMS, "assets") for p in (ROOT / room).rglob("*") if "node_modules" not in p.parts]
    assert [named(p) for p in everything if p.stem.lower() in VAGUE_NAMES] == []


def test_the_public_names_of_vae_core_are_those_it_declares() -> None:
    package = importlib.import_module("vae_core")
    assert len(package.__all__) == len(set(package.__all__)), "a name is declared twice"
    assert [name for name in package.__all__ if not hasattr(package, name)] == []
    future = type(importlib.import_module("__future__").annotations)
    visible = {
        name
        for name, value in vars(package).items()
        if not name.startswith("_")
        and name != "TYPE_CHECKING"
        and not isinstance(value, future)
        and not (isinstance(value, types.ModuleType) and value.__name__ == f"vae_core.{name}")
    }
    assert visible - set(package.__all__) == set()


def test_public_names_are_nouns_and_verbs() -> None:
    """A bare participle or pronoun names nothing: what is kept, told of what?"""
    found = []
    for path in sources("vae_core", "components", "app"):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                members = [one for one in node.body if isinstance(one, ast.FunctionDef)]
                found += [f"{named(path)}: {node.name}.{one.name}" for one in members if BARE.fullmatch(one.name)]
        top = [n for n in parse(path).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        found += [f"{named(path)}: {one.name}" for one in top if BARE.fullmatch(one.name.lower())]
    assert found == []


def test_importing_the_program_leaves_slow_libraries_alone() -> None:
    code = f"import sys, vae_core, components, app; print(*sorted({SLOW!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_making_maps_in_a_worker_needs_no_network_library() -> None:
    modules = "vae_core.space.maps.compute, vae_core.space.maps.umap_layout, vae_core.space.maps.tsne, vae_core.jobs"
    code = f"import sys, {modules}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "False", done.stderr


def test_assets_name_no_other_host() -> None:
    folder = ROOT / "assets"
    assert folder.is_dir()
    texts = [p for p in folder.rglob("*") if p.suffix in {".css", ".html", ".js", ".json", ".mjs", ".svg"}]
    address = re.compile(r"https?://([\w.-]+)|(?:url\(|src=|href=)\s*[\"']?//([\w.-]+)")
    found = [
        f"{named(p)}: {match.group(0)}"
        for p in texts
        for match in address.finditer(p.read_text(encoding="utf-8"))
        if (match.group(1) or match.group(2)) not in HARMLESS_HOSTS
    ]
    assert found == []


def test_every_test_asserts_something() -> None:
    silent = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = parse(path)
        functions = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
        asserting = {name for name, node in functions.items() if _asserts(node, set())}
        while more := {n for n, node in functions.items() if n not in asserting and _asserts(node, asserting)}:
            asserting |= more  # a test may leave the assertion to a function beside it
        silent += [f"{named(path)}: {n}" for n in functions if n.startswith("test_") and n not in asserting]
    assert silent == []


def test_no_test_waits_for_a_promise() -> None:
    """Playwright's wait takes the promise of an async function for true; `wait_until` waits for what it resolves to."""
    waits = re.compile(r"wait_for_function\(\s*f?\"+\s*async\b")
    found = [named(p) for p in sorted((ROOT / "tests").rglob("*.py")) if waits.search(p.read_text(encoding="utf-8"))]
    assert found == []


def _asserts(function: ast.FunctionDef | ast.AsyncFunctionDef, asserting: set[str]) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = _called(node.func)
            if name.startswith("assert") or name in {"raises", "warns", "expect"} or name in asserting:
                return True
    return False


def _called(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
