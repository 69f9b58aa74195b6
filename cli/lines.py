"""What the list of commands says of each: the first paragraph of its help, so that none is loaded for the list."""

from __future__ import annotations

LINES = {
    "import": (
        "Push a repository with all branches, tags and history into a design system, or a folder as one commit."
    ),
    "import-tokens": "Bring tokens of Figma, Tokens Studio or Style Dictionary into the DTCG format 2025.10.",
    "export": "Write design tokens for a platform: from a folder, without any server, or from the server at any ref.",
    "validate": "Check the tokens, components, resolvers and manifest of a folder with the server's own rules.",
    "lint": (
        "Hold the tokens of a folder to the rules in its manifest's field `lint`: names, use, descriptions, contrast."
    ),
    "resolve": "Follow every alias and reference of a folder's tokens, for one choice of contexts.",
    "diff": "Say what changed in the language of tokens, props and types, and what the next version has to be.",
    "codemod": (
        "Rename usages of tokens in css, scss, less, js, ts, json, vue, svelte and html files, as a migration says."
    ),
    "init": "Prepare a repository: a manifest where there is none, and git's merges of tokens and props.",
    "merge": "Merge a branch into another: tokens as tokens, components by their ids, text by lines.",
    "merge-driver": (
        "Merge one file for git: token by token or key by key, so that only what really contradicts is a conflict."
    ),
    "log": "List the commits that lead to a branch, newest first.",
    "blame": "Tell who set each property of a token, when, and in which commit.",
    "revert": "Undo a commit, or go back to an earlier state of everything, of one token or of one component.",
    "branch": "Branches of a design system.",
    "proposal": "Branches that are to be merged, and what is said of them.",
    "publish": (
        "Publish what the default branch holds: validated as a whole, its changelog written, tagged as vX.Y.Z."
    ),
    "releases": "Published versions of a design system.",
    "systems": "List the design systems that you can see.",
    "clone-url": "Print the URL to clone a design system from: git clone $(xds clone-url acme/acme-ui).",
    "login": "Sign in at a server; the other commands then speak to it as you.",
    "logout": "Sign out: end the sign-in at the server and forget it here.",
    "whoami": "Say who you are at the server, and in which teams.",
    "keys": "API keys for programs and for git.",
    "account": "Your own account: password, e-mail address, data.",
    "team": "People of a team, and invitations to it.",
    "grant": "Roles on one design system, beside its team's.",
    "audit": "Read the audit log: a team's as its admin, everything as an administrator of the service.",
    "serve": "Start the service: databases (unless URLs are given), migrations, background worker and web server.",
    "worker": "Run background jobs from the queue; needs the same XDS_ settings as the web server.",
    "migrate": "Bring the database to the newest schema; does nothing when it is there.",
    "reindex": (
        "Rebuild the index from git, to the same rows with the same ids; on the server's machine, running or not."
    ),
    "admin": "Accounts and secrets, on the server's machine; works whether or not the service runs.",
    "settings": "Show every setting, its value here and its meaning; secrets are never shown.",
}
