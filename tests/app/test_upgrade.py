"""Every earlier release's demonstration database comes up in this version and verifies.

`tests/releases/<version>/` holds a backup of the demonstration and the key it was made with
(CONTRIBUTING, "Make a release"). The persons in it are invented.
"""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.conf import settings

from datlanh.config import archive, cluster
from datlanh.config.backup import Server
from datlanh.config.databases import urls
from datlanh.config.environment import ROOT
from datlanh.config.restore import backup_restore
from datlanh.config.servers import migrate_in_child

RELEASES = sorted(path.parent for path in (ROOT / "tests" / "releases").glob("*/person_key"))


@pytest.mark.slow
@pytest.mark.skipif(not RELEASES, reason="there is no earlier release yet")
@pytest.mark.parametrize("release", RELEASES or [None], ids=lambda path: getattr(path, "name", "-"))
def test_the_demonstration_of_an_earlier_release_migrates_and_verifies(
    release: Path, tmp_path: Path
) -> None:
    var = Path(settings.VAR)
    programs = cluster.client_folder(var)
    environment = cluster.client_environment(programs)
    admin = Server(urls(var)["DATABASE_ADMIN_URL"], programs, environment)
    scratch = admin.with_database(f"datlanh_scratch_{uuid.uuid4().hex[:10]}")
    master = (release / "person_key").read_text(encoding="utf-8").strip()
    (folder,) = archive.complete(release)
    try:
        done = backup_restore(
            folder, scratch, files=tmp_path, master=master, migrate=migrate_in_child
        )
        assert done.keys == done.persons > 0
        assert done.missing_files == []
        said = _verify(scratch, master)
        assert said.returncode == 0, said.stdout + said.stderr
        assert "equal" in said.stdout
    finally:
        with admin.with_database("postgres").connect(autocommit=True) as connection:
            for name in (scratch.name, f"{scratch.name}_restoring"):
                connection.execute(f'drop database if exists "{name}" with (force)'.encode())


def _verify(server: Server, master: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": server.url, "DATLANH_PERSON_KEY": master}
    environment.pop("DATABASE_OWNER_URL", None)
    return subprocess.run(
        [sys.executable, "-m", "datlanh.config.cli", "register", "verify"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
