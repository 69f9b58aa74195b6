"""Every problem code that the product can report, with the one line that says what it is about.

XDS0nn are errors in token files: they refuse a change. XDS1nn are warnings about token files whose meaning is clear
though they are not Format Module 2025.10; a strict manifest turns them into errors. XDS2nn belong to the manifest and
to components, XDS3nn to exporters.
"""

from __future__ import annotations

from typing import Final

# -- the text of a file -------------------------------------------------------------------------------------------
NOT_UTF8: Final = "XDS001"
NOT_JSON: Final = "XDS002"
DUPLICATE_KEY: Final = "XDS003"
TOO_DEEP: Final = "XDS004"
NUMBER_OUT_OF_RANGE: Final = "XDS005"
LONE_SURROGATE: Final = "XDS006"

# -- tokens and groups --------------------------------------------------------------------------------------------
NOT_A_GROUP: Final = "XDS010"
BAD_NAME: Final = "XDS011"
TOKEN_IN_TOKEN: Final = "XDS012"
BAD_PROPERTY: Final = "XDS013"
BAD_VALUE: Final = "XDS014"
BAD_ID: Final = "XDS015"
LEGACY_TOKEN: Final = "XDS016"

# -- the whole set ------------------------------------------------------------------------------------------------
UNKNOWN_ALIAS: Final = "XDS020"
ALIAS_CYCLE: Final = "XDS021"
TYPE_MISMATCH: Final = "XDS022"
GROUP_TOKEN_CLASH: Final = "XDS023"
DUPLICATE_ID: Final = "XDS024"
EXPANDS_TOO_FAR: Final = "XDS025"

# -- clear in meaning, not 2025.10 --------------------------------------------------------------------------------
UNKNOWN_TYPE: Final = "XDS101"
UNTYPED: Final = "XDS102"
DRAFT_COLOR: Final = "XDS103"
DRAFT_DIMENSION: Final = "XDS104"
DRAFT_DURATION: Final = "XDS105"
DRAFT_FONT_WEIGHT: Final = "XDS106"
DRAFT_NUMBER: Final = "XDS107"
DRAFT_CUBIC_BEZIER: Final = "XDS108"
CSS_STRING: Final = "XDS109"
INCOMPLETE_VALUE: Final = "XDS110"
UNKNOWN_VALUE_PROPERTY: Final = "XDS111"
EXPRESSION: Final = "XDS112"
OUT_OF_RANGE: Final = "XDS113"
UNKNOWN_PROPERTY: Final = "XDS114"
NOT_SUPPORTED_YET: Final = "XDS115"
DRAFT_TYPE_MISMATCH: Final = "XDS116"
BYTE_ORDER_MARK: Final = "XDS117"
DECLARED_AGAIN: Final = "XDS118"

TOKEN_CODES: Final[dict[str, str]] = {
    NOT_UTF8: "The file is not UTF-8 text",
    NOT_JSON: "The file is not well-formed JSON",
    DUPLICATE_KEY: "An object has the same key twice",
    TOO_DEEP: "The file is nested too deeply",
    NUMBER_OUT_OF_RANGE: "A number is too large",
    LONE_SURROGATE: "A string holds half of a surrogate pair",
    NOT_A_GROUP: "Something stands where a token or a group belongs",
    BAD_NAME: "A token or group name is not allowed",
    TOKEN_IN_TOKEN: "A token holds something that looks like another token or group",
    BAD_PROPERTY: "A $ property has a value of the wrong kind",
    BAD_VALUE: "A $value does not have the shape of its $type",
    BAD_ID: "The explicit id of a token is not a UUID",
    LEGACY_TOKEN: "A token is written without the $ prefix",
    UNKNOWN_ALIAS: "An alias points at no token",
    ALIAS_CYCLE: "Aliases run in a circle",
    TYPE_MISMATCH: "An alias points at a token of another type",
    GROUP_TOKEN_CLASH: "A path is a token in one place and a group in another",
    DUPLICATE_ID: "Two tokens carry the same explicit id",
    EXPANDS_TOO_FAR: "Following the aliases of a value makes it grow without measure",
    UNKNOWN_TYPE: "A $type is not one of the format's thirteen",
    UNTYPED: "A token has no type, neither its own nor a group's",
    DRAFT_COLOR: "A color is written as a string",
    DRAFT_DIMENSION: "A dimension is written as a string or in another unit",
    DRAFT_DURATION: "A duration is written as a string",
    DRAFT_FONT_WEIGHT: "A font weight is spelled otherwise than the format spells it",
    DRAFT_NUMBER: "A number is written as a string",
    DRAFT_CUBIC_BEZIER: "A cubic Bezier is written as a string",
    CSS_STRING: "A composite value is written as a CSS string",
    INCOMPLETE_VALUE: "A composite value leaves out a part",
    UNKNOWN_VALUE_PROPERTY: "A value has a property that its type does not know",
    EXPRESSION: "A string holds an expression, not a plain alias",
    OUT_OF_RANGE: "A color component lies outside its range",
    UNKNOWN_PROPERTY: "A $ property is not one of the format's",
    NOT_SUPPORTED_YET: "A feature of the format that this version does not read yet",
    DRAFT_TYPE_MISMATCH: "An alias points at a token of a type that is close but not the one asked for",
    BYTE_ORDER_MARK: "The file starts with a byte order mark",
    DECLARED_AGAIN: "A token is declared in several files",
}

# -- manifest and components: XDS2nn ------------------------------------------------------------------------------

# -- exporters: XDS3nn --------------------------------------------------------------------------------------------
