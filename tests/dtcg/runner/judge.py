"""Whether an answer is the one that a case wants."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.dtcg.runner.cases import Case

_WEIGHTS = {
    100: "thin hairline", 200: "extra-light ultra-light", 300: "light", 400: "normal regular book", 500: "medium",
    600: "semi-bold demi-bold", 700: "bold", 800: "extra-bold ultra-bold", 900: "black heavy",
    950: "extra-black ultra-black",
}  # fmt: skip
_NUMBER_OF = {name: number for number, names in _WEIGHTS.items() for name in names.split()}

NO_ANSWER, TOOK_IT, REFUSED_IT = "no answer", "taken for valid", "refused"


def judge(case: Case, answer: Any) -> str | None:
    """Why an answer is wrong, in few words that do not depend on the machine; None where it is right."""
    if not isinstance(answer, dict) or not isinstance(answer.get("valid"), bool):
        return NO_ANSWER
    if answer["valid"] is not case.want["valid"]:
        return TOOK_IT if answer["valid"] else REFUSED_IT
    tokens = answer.get("tokens") or {}
    wanted = case.want.get("tokens")
    if wanted is not None and (wrong := _tokens(wanted, tokens)):
        return wrong
    if left := [path for path in case.want.get("without", ()) if path in tokens]:
        return f"gives a value to {left[0]}"
    return _problems(case, answer.get("problems") or [])


def _problems(case: Case, problems: list[Any]) -> str | None:
    told = json.dumps(problems, ensure_ascii=False)
    for name in case.want.get("names", ()):
        if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", told):
            return f"no problem names {name}"
    subjects = {problem["subject"] for problem in problems if isinstance(problem, dict) and "subject" in problem}
    missed = [path for path in case.want.get("points_at", ()) if path not in subjects]
    return f"no problem points at {missed[0]}" if subjects and missed else None


def _tokens(wanted: dict[str, Any], found: dict[str, Any]) -> str | None:
    if absent := sorted(wanted.keys() - found.keys()):
        return f"no token {absent[0]}"
    if extra := sorted(found.keys() - wanted.keys()):
        return f"a token {extra[0]} too many"
    for path, token in wanted.items():
        for key, part in token.items():
            given = found[path].get(key)
            if not (same(part, given, token["type"]) if key == "value" else _alike(part, given)):
                return f"another {key} of {path}"
    return None


def _alike(wanted: Any, given: Any) -> bool:
    """Whether a property other than the value is the same; one that is not there is as good as an empty one."""
    return _canonical(wanted) == _canonical(given) or (not wanted and not given)


def same(wanted: Any, given: Any, type_name: str) -> bool:
    """Whether two values of a type are the same to the modules, however they are written."""
    return _canonical(_written_out(wanted, type_name)) == _canonical(_written_out(given, type_name))


def _canonical(value: Any) -> Any:
    """A form in which 1 and 1.0 are equal and 1 and true are not."""
    if isinstance(value, bool) or value is None:
        return ("literal", value)
    if isinstance(value, dict):
        return {key: _canonical(part) for key, part in value.items()}
    return [_canonical(item) for item in value] if isinstance(value, list) else value


def _written_out(value: Any, type_name: str) -> Any:
    """The value with everything said that the modules let one leave out."""
    if type_name == "fontFamily" and isinstance(value, str):
        return [value]
    if type_name == "fontWeight" and isinstance(value, str):
        return _NUMBER_OF.get(value, value)
    if type_name == "shadow":
        layers = value if isinstance(value, list) else [value]
        return [{"inset": False, **_parts(layer)} if isinstance(layer, dict) else layer for layer in layers]
    return _parts(value)


def _parts(value: Any) -> Any:
    if isinstance(value, list):
        return [_parts(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "colorSpace" in value:
        return {"alpha": 1, **value}
    return {key: _written_out(part, key if key in {"fontFamily", "fontWeight"} else "") for key, part in value.items()}
