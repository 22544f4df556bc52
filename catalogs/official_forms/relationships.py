"""How the parts of an Office document (.xlsx, .docx) point at each other. Nothing outside is followed."""

import posixpath

from catalogs.official_forms.xml_part import Attributes, Part
from catalogs.official_forms.zip_package import Package

Links = dict[str, tuple[str, str]]  # id → (type, path in the archive)


def main_part(package: Package, default: str) -> str:
    """Return the path of the workbook or document itself, ``default`` when the archive does not say.

    Raises UnreadableForm for unsound XML.
    """
    links = read_links(package, "")
    return next(
        (to for kind, to in links.values() if kind.endswith("/officeDocument") and to in package), default
    )


def read_links(package: Package, path: str) -> Links:
    """Return where the part at ``path`` points to; raises UnreadableForm for unsound XML."""
    folder, name = posixpath.split(path)
    part = _LinksPart()
    links = posixpath.join(folder, "_rels", f"{name}.rels")
    if links in package:
        part.read(package, links)
    return {
        one.get("Id", ""): (
            one.get("Type", ""),
            posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
        )
        for one in part.links
        if one.get("TargetMode") != "External"
    }


def content_types(package: Package) -> set[str]:
    """Return the types of content the archive declares, lower case; raises UnreadableForm."""
    part = _TypesPart()
    part.read(package, "[content_types].xml")
    return part.types


class _LinksPart(Part):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[Attributes] = []
        self.opens["Relationship"] = self.links.append


class _TypesPart(Part):
    def __init__(self) -> None:
        super().__init__()
        self.types: set[str] = set()
        self.opens |= {"Default": self._note, "Override": self._note}

    def _note(self, attributes: Attributes) -> None:
        self.types.add(attributes.get("ContentType", "").lower())
