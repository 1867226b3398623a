"""What is wrong with a setting, as a sentence: pydantic's own words are for programmers."""

from typing import Any

from pydantic_core import ErrorDetails

_BOUNDS = {
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:g}",
    "literal_error": "{expected}",
    "enum": "{expected}",
}

_NUMBER, _WHOLE_NUMBER = "This has to be a number.", "This has to be a whole number."
_FLAG, _TEXT, _TABLE = "This has to be true or false.", "This has to be a text.", "This has to be a table."

_SENTENCES = {
    "bool_parsing": _FLAG,
    "bool_type": _FLAG,
    "dict_type": _TABLE,
    "extra_forbidden": "There is no such setting.",
    "finite_number": "This has to be a finite number.",
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_type": _WHOLE_NUMBER,
    "list_type": "This has to be a list.",
    "model_type": _TABLE,
    "path_type": "Choose a file or a folder.",
    "string_type": _TEXT,
    "too_long": "This needs just two numbers, such as 0.5 … 1.",
    "too_short": "This needs at least one value.",
    "tuple_type": "This needs two numbers, such as 0.5 … 1.",
}


def complaint(error: ErrorDetails) -> str:
    """The sentence for one of a ValidationError's errors; where it is stands in the error's `loc`."""
    kind, place, given = error["type"], error["loc"], error["input"]
    context: dict[str, Any] = error.get("ctx", {})
    if kind in _BOUNDS:
        return f"This has to be {_BOUNDS[kind].format(**context)}."
    if kind == "float_parsing" and given != "":
        return f"'{given}' is no number."
    if kind == "missing":
        is_part = bool(place) and isinstance(place[-1], int)
        return _SENTENCES["tuple_type"] if is_part else "This is needed, and is not there."
    return _SENTENCES.get(kind, f"{error['msg']}.")
