"""moto_checked.py PORT READY: moto's S3 service on 127.0.0.1, with the signature of every request checked.

Makes a user with a key and the bucket "models", writes "KEY SECRET" to the file READY, and serves until it is killed.

moto checks a signature against the URL as its web server decodes it, in which an encoded slash of the query is a plain
one; so it refuses the listing of any prefix with a slash, whoever signed it. Here the query is encoded again before it
is checked, which is all that is changed.
"""

import os
import sys
import urllib.parse

PORT, READY = int(sys.argv[1]), sys.argv[2]
ADMINISTRATION = 4  # requests before the checks begin: those of prepare()
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = str(ADMINISTRATION)

import boto3  # noqa: E402
from moto.iam import access_control  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402


def encoded(path):
    base, mark, query = path.partition("?")
    pairs = []
    for pair in query.split("&") if query else []:
        name, _, value = pair.partition("=")
        pairs.append(f"{name}={urllib.parse.quote(urllib.parse.unquote(value), safe='-._~')}")
    return base + mark + "&".join(pairs)


def check_encoded(request):
    request._path = encoded(request._path)
    return original(request)


def prepare():
    def client(service):
        return boto3.client(
            service, endpoint_url=f"http://127.0.0.1:{PORT}", region_name="us-east-1", aws_access_key_id="none",
            aws_secret_access_key="none",
        )

    iam = client("iam")
    iam.create_user(UserName="modmeta")
    key = iam.create_access_key(UserName="modmeta")["AccessKey"]
    iam.put_user_policy(
        UserName="modmeta", PolicyName="all",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
    )
    client("s3").create_bucket(Bucket="models")
    with open(READY + ".part", "w") as ready:
        ready.write(f"{key['AccessKeyId']} {key['SecretAccessKey']}\n")
    os.rename(READY + ".part", READY)


original = access_control.IAMRequestBase._create_aws_request
access_control.IAMRequestBase._create_aws_request = check_encoded
server = ThreadedMotoServer(ip_address="127.0.0.1", port=PORT, verbose=False)
server.start()
prepare()
server._thread.join()
