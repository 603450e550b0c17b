"""giftless as giftless.sh runs it: it keeps nothing but whole objects whose bytes fit their names, as LFS hosts do.

Its own storage writes what arrives straight to the object's place, so a request that breaks off destroys what another one
has stored. And it finds out at its first requests who may do what, refusing some of those that come meanwhile.
"""
import hashlib
import os
import tempfile

from giftless.app import init_app
from giftless.auth import authentication
from giftless.storage.local_storage import LocalStorage
from werkzeug.exceptions import UnprocessableEntity


class CheckedStorage(LocalStorage):
    def put(self, prefix, oid, data_stream):
        path = self._get_path(prefix, oid)
        self._create_path(str(path.parent))
        digest = hashlib.sha256()
        with tempfile.NamedTemporaryFile(dir=self.path, prefix="tmp-", delete=False) as file:
            try:
                while block := data_stream.read(1 << 20):
                    digest.update(block)
                    file.write(block)
                if digest.hexdigest() != oid:
                    raise UnprocessableEntity(f"what was sent for {oid} has the SHA-256 {digest.hexdigest()}")
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
            return file.tell()


app = init_app()
with app.app_context():
    authentication.init_authenticators()
