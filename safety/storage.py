from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):
    """Static files named by their content, in the imports of JavaScript modules too.

    Without it a module would be loaded twice: by its hashed name from a page, and by
    its plain name from another module.
    """

    support_js_module_import_aggregation = True
