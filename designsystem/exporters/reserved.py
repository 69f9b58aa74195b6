"""Words that names of a language cannot be."""

from __future__ import annotations

_JAVASCRIPT = """
    arguments await break case catch class const continue debugger default delete do else enum eval export extends
    false finally for function if implements import in instanceof interface let new null package private protected
    public return static super switch this throw true try typeof undefined var void while with yield NaN Infinity
    tokens flat freeze token TokenName TokenValue
"""
_JAVA = """
    abstract assert boolean break byte case catch char class const continue default do double else enum extends
    false final finally float for goto if implements import instanceof int interface long native new null package
    private protected public return short static strictfp super switch synchronized this throw throws transient true
    try void volatile while
"""
_LESS = """
    arguments charset container counter-style document font-face import keyframes layer media namespace page plugin
    property rest scope starting-style supports tokens viewport
"""
_SWIFT = """
    Any Protocol Self Type actor as associatedtype async await break case catch class continue default defer deinit
    do else enum extension fallthrough false fileprivate for func guard if import in indirect init inout internal is
    let nil open operator precedencegroup private protocol public repeat rethrows return self some static struct
    subscript super switch throw throws true try typealias var where while
"""
_KOTLIN = """
    as break class continue do else false for fun if in interface is null object package return super this throw
    true try typealias typeof val var when while
"""
_DART = """
    abstract as assert async await base break case catch class const continue covariant default deferred do dynamic
    else enum export extends extension external factory false final finally for function get hide if implements
    import in interface is late library mixin new null of on operator part required rethrow return sealed set show
    static super switch sync this throw true try type typedef var void when while with yield hashCode runtimeType
    toString noSuchMethod
"""

JAVASCRIPT = frozenset(_JAVASCRIPT.split())
"""JavaScript's reserved words, and the names that the exported modules themselves use."""
JAVA = frozenset(_JAVA.split())
LESS = frozenset(_LESS.split())
"""The at-rules, which a variable of Less would be taken for, and the name of the export's own map."""
SWIFT = frozenset(_SWIFT.split())
KOTLIN = frozenset(_KOTLIN.split())
DART = frozenset(_DART.split())
