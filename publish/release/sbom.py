#!/usr/bin/env python3
"""Writes what a binary is made of, as SPDX 2.3 and CycloneDX 1.5.

sbom.py BINARY DATE SPDX-FILE CYCLONEDX-FILE    (DATE: 2026-01-31, of the commit)

The versions of what is linked in are those that the binary itself prints, with the Debian packages that they were linked
from where this machine has them; NuGet's packages are those of the lock file. A package that is not known here is an error.
"""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINKED_PACKAGES = {"Microsoft.Extensions.Logging.Abstractions": "MIT", "Microsoft.Extensions.DependencyInjection.Abstractions": "MIT", "ConsoleAppFramework": "MIT"}
BUILD_PACKAGES = {"Meziantou.Analyzer": "MIT", "Microsoft.CodeAnalysis.BannedApiAnalyzers": "MIT", "Microsoft.DotNet.ILCompiler": "MIT", "Microsoft.NET.ILLink.Tasks": "MIT"}
GCC_LICENSE = "GPL-3.0-or-later WITH GCC-exception-3.1"
# What comes with the runtime's own package, by a text that it has.
BUNDLED = {"zlib-ng": (b"1.3.1.zlib-ng", "Zlib")}
# What the runtime can link, and this program leaves out: texts that each library has.
LEFT_OUT = {"brotli": b"Brotli"}


def debian_package(binary_package):
    """Version and package URL of the source package that a development package belongs to."""
    if shutil.which("dpkg-query") is None:
        return None
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${source:Package} ${source:Version}", binary_package], capture_output=True, encoding="utf-8", check=False)
    if asked.returncode != 0:
        return None
    name, version = asked.stdout.split(" ")
    return version, f"pkg:deb/debian/{name}@{version.replace('+', '%2B')}?arch=source"


def libgcc():
    """The Debian package that the compiler links libgcc.a from."""
    path = subprocess.run(["clang", "-print-libgcc-file-name", "-rtlib=libgcc"], capture_output=True, encoding="utf-8", check=False).stdout.strip() if shutil.which("clang") else ""
    major = pathlib.Path(path).parent.name
    return debian_package(f"libgcc-{major}-dev") if major.isdigit() else None


def components(binary, facts):
    linked = [{"name": ".NET", "version": facts["framework"].removeprefix(".NET "), "license": "MIT", "purl": None}]
    contents = binary.read_bytes()
    for name, mark in LEFT_OUT.items():
        if mark in contents:
            sys.exit(f"sbom.py: {name} is linked in, which neither this list nor NOTICE says")
    for name, (mark, license_id) in BUNDLED.items():
        if mark in contents:
            linked.append({"name": name, "version": "as in " + facts["framework"], "license": license_id, "purl": None})
    if facts["openssl"]:
        version, purl = debian_package("libssl-dev") or (facts["openssl"], None)
        if not version.removeprefix("1:").startswith(facts["openssl"]):
            sys.exit(f"sbom.py: the binary has OpenSSL {facts['openssl']}, and this machine's package is {version}: build it here")
        linked.append({"name": "OpenSSL", "version": version, "license": "Apache-2.0", "purl": purl})
    if facts["glibc"]:
        version, purl = debian_package("libc6-dev") or (facts["glibc"], None)
        if not version.startswith(facts["glibc"]):
            sys.exit(f"sbom.py: the binary has glibc {facts['glibc']}, and this machine's package is {version}: build it here")
        linked.append({"name": "GNU C Library", "version": version, "license": "LGPL-2.1-or-later", "purl": purl})
        version, purl = libgcc() or ("unknown", None)
        linked.append({"name": "libgcc", "version": version, "license": GCC_LICENSE, "purl": purl})
    tools = []
    lock = json.loads((ROOT / "src/AotBroker/packages.lock.json").read_text(encoding="utf-8"))
    for name, package in sorted(next(iter(lock["dependencies"].values())).items()):
        entry = {"name": name, "version": package["resolved"], "purl": f"pkg:nuget/{name}@{package['resolved']}"}
        if name in LINKED_PACKAGES:
            linked.append(entry | {"license": LINKED_PACKAGES[name]})
        elif name in BUILD_PACKAGES:
            tools.append(entry | {"license": BUILD_PACKAGES[name]})
        else:
            sys.exit(f"sbom.py: {name} is in the lock file and not known here: add it, and to NOTICE if it is linked in")
    return linked, tools


def spdx(product, linked, tools, digest, when):
    def package(identifier, entry):
        found = {
            "SPDXID": identifier, "name": entry["name"], "versionInfo": entry["version"], "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False, "licenseConcluded": entry["license"], "licenseDeclared": entry["license"], "copyrightText": "NOASSERTION",
        }
        if entry.get("purl"):
            found["externalRefs"] = [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": entry["purl"]}]
        return found

    root = package("SPDXRef-aotbroker", product) | {"primaryPackagePurpose": "APPLICATION", "checksums": [{"algorithm": "SHA256", "checksumValue": digest}]}
    packages, relationships = [root], [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-aotbroker"}]
    for entry in linked + tools:
        identifier = "SPDXRef-" + "".join(c if c.isalnum() or c in ".-" else "-" for c in entry["name"]).strip(".-")
        packages.append(package(identifier, entry))
        relationships.append(
            {"spdxElementId": "SPDXRef-aotbroker", "relationshipType": "STATIC_LINK", "relatedSpdxElement": identifier} if entry in linked
            else {"spdxElementId": identifier, "relationshipType": "BUILD_TOOL_OF", "relatedSpdxElement": "SPDXRef-aotbroker"})
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"aotbroker-{product['version']}",
        "documentNamespace": uuid.uuid5(uuid.NAMESPACE_OID, "spdx" + digest).urn,
        "creationInfo": {"created": when, "creators": ["Tool: aotbroker-publish-release"]},
        "packages": packages, "relationships": relationships,
    }


def cyclonedx(product, linked, tools, digest, when):
    def component(entry, scope):
        reference = entry.get("purl") or f"{entry['name']}@{entry['version']}"
        license_entry = {"expression": entry["license"]} if " " in entry["license"] else {"license": {"id": entry["license"]}}
        found = {"type": "library", "bom-ref": reference, "name": entry["name"], "version": entry["version"], "scope": scope, "licenses": [license_entry]}
        return found | ({"purl": entry["purl"]} if entry.get("purl") else {})

    listed = [component(entry, "required") for entry in linked] + [component(entry, "excluded") for entry in tools]
    root = {"type": "application", "bom-ref": "aotbroker", "name": "aotbroker", "version": product["version"],
            "hashes": [{"alg": "SHA-256", "content": digest}], "licenses": [{"license": {"id": "MIT"}}]}
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": uuid.uuid5(uuid.NAMESPACE_OID, "cyclonedx" + digest).urn, "version": 1,
        "metadata": {"timestamp": when, "component": root},
        "components": listed,
        "dependencies": [{"ref": "aotbroker", "dependsOn": [one["bom-ref"] for one in listed if one["scope"] == "required"]}],
    }


def main(binary, date, spdx_file, cyclonedx_file):
    binary = pathlib.Path(binary)
    facts = json.loads(subprocess.run([binary, "version", "--json"], check=True, capture_output=True, encoding="utf-8").stdout)
    linked, tools = components(binary, facts)
    product = {"name": "aotbroker", "version": facts["version"], "license": "MIT"}
    digest = hashlib.sha256(binary.read_bytes()).hexdigest()
    for path, write in ((spdx_file, spdx), (cyclonedx_file, cyclonedx)):
        document = write(product, linked, tools, digest, f"{date}T00:00:00Z")
        pathlib.Path(path).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
