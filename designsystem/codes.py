"""Every problem code that the product can report, with the one line that says what it is about.

XDS0nn are errors in token files: they refuse a change. XDS1nn are warnings about token files whose meaning is clear
though they are not Format Module 2025.10; a strict manifest turns them into errors. XDS2nn belong to the manifest,
to components, to the OWNERS file and to versioning.json, XDS3nn to exporters. A manifest may set the severity of the
XDS1nn, of exporters and of lint one by one.
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
TOKEN_IN_TOKEN: Final = "XDS012"  # noqa: S105
BAD_PROPERTY: Final = "XDS013"
BAD_VALUE: Final = "XDS014"
BAD_ID: Final = "XDS015"
LEGACY_TOKEN: Final = "XDS016"  # noqa: S105
BAD_REFERENCE: Final = "XDS017"

# -- the whole set ------------------------------------------------------------------------------------------------
UNKNOWN_ALIAS: Final = "XDS020"
ALIAS_CYCLE: Final = "XDS021"
TYPE_MISMATCH: Final = "XDS022"
GROUP_TOKEN_CLASH: Final = "XDS023"  # noqa: S105
DUPLICATE_ID: Final = "XDS024"
EXPANDS_TOO_FAR: Final = "XDS025"
NO_SUCH_PART: Final = "XDS026"
UNKNOWN_GROUP: Final = "XDS027"
EXTENDS_CYCLE: Final = "XDS028"

# -- resolver documents ---------------------------------------------------------------------------------------------
RESOLVER_SHAPE: Final = "XDS030"
RESOLVER_REFERENCE: Final = "XDS031"
RESOLVER_INPUT: Final = "XDS032"
RESOLVER_DEFAULT: Final = "XDS033"

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
    BAD_REFERENCE: "A $ref or $extends is written in a way that leads nowhere",
    UNKNOWN_ALIAS: "An alias points at no token",
    ALIAS_CYCLE: "Aliases run in a circle",
    TYPE_MISMATCH: "An alias points at a token of another type",
    GROUP_TOKEN_CLASH: "A path is a token in one place and a group in another",
    DUPLICATE_ID: "Two tokens carry the same explicit id",
    EXPANDS_TOO_FAR: "Following the aliases of a value makes it grow without measure",
    NO_SUCH_PART: "A $ref points into a value that has no such part",
    UNKNOWN_GROUP: "A group extends something that is no group",
    EXTENDS_CYCLE: "Groups extend one another in a circle",
    RESOLVER_SHAPE: "A part of a resolver document is not as the Resolver Module has it",
    RESOLVER_REFERENCE: "A $ref of a resolver document cannot be followed, or may not lead there",
    RESOLVER_INPUT: "The inputs do not fit the resolver's modifiers",
    RESOLVER_DEFAULT: "The resolver that the manifest names cannot say which files the system's tokens are",
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
    DRAFT_TYPE_MISMATCH: "An alias points at a token of a type that is close but not the one asked for",
    BYTE_ORDER_MARK: "The file starts with a byte order mark",
    DECLARED_AGAIN: "A token is declared in several files",
}

# -- manifest and components: XDS2nn ------------------------------------------------------------------------------
MANIFEST_SHAPE: Final = "XDS201"
MANIFEST_GLOB: Final = "XDS202"
MANIFEST_SCHEMA_VERSION: Final = "XDS203"
MANIFEST_TOO_LARGE: Final = "XDS204"
MANIFEST_SEVERITY: Final = "XDS205"
COMPONENT_SHAPE: Final = "XDS211"
COMPONENT_NAME: Final = "XDS212"
COMPONENT_ID: Final = "XDS213"
COMPONENT_ENTRY: Final = "XDS214"
COMPONENT_TEXT: Final = "XDS215"
COMPONENT_TOO_LARGE: Final = "XDS216"
PROP_SCHEMA: Final = "XDS217"
PROP_DOUBTFUL: Final = "XDS218"
OWNERS_FILE: Final = "XDS221"
OWNERS_PATTERN: Final = "XDS222"
OWNERS_OWNER: Final = "XDS223"
VERSIONING_FILE: Final = "XDS231"
VERSIONING_FIELD: Final = "XDS232"

COMPONENT_CODES: Final[dict[str, str]] = {
    MANIFEST_SHAPE: "A field of the manifest has a value of the wrong kind",
    MANIFEST_GLOB: "A glob of the manifest cannot be used",
    MANIFEST_SCHEMA_VERSION: "The manifest was written for another version of this product",
    MANIFEST_TOO_LARGE: "The manifest is too large",
    MANIFEST_SEVERITY: "A severity that the manifest states cannot be used",
    COMPONENT_SHAPE: "A field of component.json has a value of the wrong kind",
    COMPONENT_NAME: "A component's name is not allowed",
    COMPONENT_ID: "The explicit id of a component is not a UUID",
    COMPONENT_ENTRY: "A component's entry file is missing or lies outside its folder",
    COMPONENT_TEXT: "A component's file is not UTF-8 text",
    COMPONENT_TOO_LARGE: "A component's file is too large to be read",
    PROP_SCHEMA: "A prop is not described by a JSON Schema",
    PROP_DOUBTFUL: "A prop's schema is well formed and yet contradicts itself",
    OWNERS_FILE: "The OWNERS file cannot be read",
    OWNERS_PATTERN: "A pattern of the OWNERS file cannot be used",
    OWNERS_OWNER: "An owner in the OWNERS file is no user name, e-mail address or role",
    VERSIONING_FILE: "The file versioning.json cannot be read",
    VERSIONING_FIELD: "A field of versioning.json cannot be used",
}

# -- exporters: XDS3nn --------------------------------------------------------------------------------------------
EXPORT_UNRESOLVED: Final = "XDS301"
EXPORT_INEXPRESSIBLE: Final = "XDS302"
EXPORT_COLLISION: Final = "XDS303"
EXPORT_NESTING: Final = "XDS304"
EXPORT_THEME: Final = "XDS305"

EXPORT_CODES: Final[dict[str, str]] = {
    EXPORT_UNRESOLVED: "A token whose value cannot be resolved is not exported",
    EXPORT_INEXPRESSIBLE: "A token's value cannot be written in this format",
    EXPORT_COLLISION: "Two tokens would get the same name in this format",
    EXPORT_NESTING: "A token and a group share a path, which a nested format cannot hold",
    EXPORT_THEME: "A token cannot be written for every theme beside the others",
}

# -- importers: XDS35n ----------------------------------------------------------------------------------------------
IMPORT_UNREAD: Final = "XDS351"
IMPORT_LEFT_OUT: Final = "XDS352"
IMPORT_CHANGED: Final = "XDS353"
IMPORT_UNSETTLED: Final = "XDS354"

IMPORT_CODES: Final[dict[str, str]] = {
    IMPORT_UNREAD: "A file is not read by an import",
    IMPORT_LEFT_OUT: "Something has no place in the format, and an import leaves it out",
    IMPORT_CHANGED: "An import writes something otherwise than it was",
    IMPORT_UNSETTLED: "An imported token stands for nothing in some permutation",
}

# -- the repository: files and refs, whatever they hold -------------------------------------------------------------
NOT_A_PLAIN_FILE: Final = "XDS401"
FILE_TOO_LARGE: Final = "XDS402"
DUPLICATE_COMPONENT_ID: Final = "XDS403"
BAD_REF_NAME: Final = "XDS404"
REF_REFUSED: Final = "XDS405"
BAD_PATH: Final = "XDS406"
BRANCH_PROTECTED: Final = "XDS407"
OWNED: Final = "XDS408"
VERSION_REFUSED: Final = "XDS409"
VERSION_TOO_LOW: Final = "XDS410"

REPOSITORY_CODES: Final[dict[str, str]] = {
    NOT_A_PLAIN_FILE: "A symbolic link or submodule stands inside a token or component folder",
    FILE_TOO_LARGE: "A file is larger than the service takes",
    DUPLICATE_COMPONENT_ID: "Two component folders carry the same explicit id",
    BAD_REF_NAME: "A branch or tag name is not allowed",
    REF_REFUSED: "A branch or tag may not be moved this way",
    BAD_PATH: "A path cannot be stored in a repository",
    BRANCH_PROTECTED: "A branch's protection does not let you move it this way",
    OWNED: "What the change touches is owned by somebody else",
    VERSION_REFUSED: "A tag cannot publish the version that it is named after",
    VERSION_TOO_LOW: "What changed asks for a higher version",
}

# -- lint, by the team's choice: XDS5nn ---------------------------------------------------------------------------
LINT_OPTION: Final = "XDS500"
LINT_NAMING: Final = "XDS501"
LINT_DESCRIPTION: Final = "XDS502"
LINT_UNUSED: Final = "XDS503"
LINT_CONTRAST: Final = "XDS504"

LINT_CODES: Final[dict[str, str]] = {
    LINT_OPTION: "The manifest's field lint cannot be used",
    LINT_NAMING: "A name is not written in the style that the team chose",
    LINT_DESCRIPTION: "A token has no description",
    LINT_UNUSED: "No token refers to a token that is there for others",
    LINT_CONTRAST: "Two colors of a pair are too much alike",
}

ALL_CODES: Final[dict[str, str]] = (
    TOKEN_CODES | COMPONENT_CODES | EXPORT_CODES | IMPORT_CODES | REPOSITORY_CODES | LINT_CODES
)
"""Every code with what it is about; docs/codes.md lists them."""


def is_draft_syntax(code: str) -> bool:
    """Whether a code is of the range that a strict manifest turns into errors."""
    return code.startswith("XDS1")


def is_adjustable(code: str) -> bool:
    """Whether a manifest may set a code's severity: nothing that others rely on is among these."""
    return code != LINT_OPTION and (is_draft_syntax(code) or code in EXPORT_CODES or code in LINT_CODES)
