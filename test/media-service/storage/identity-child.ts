import { managedIdentity } from "../../../media-service/storage/managed-identity";
import { RangeReader } from "../../../media-service/storage/range-reader";
import { TokenReads } from "../../../media-service/storage/read-authorization";

// Reads five bytes of a blob by the plain way alone, in a process that trusts the store's certificate.
const { BLOB_ENDPOINT = "", CONTAINER = "", BLOB = "", AZURE_CLIENT_ID } = process.env;

async function main(): Promise<void> {
  const reads = new TokenReads(await managedIdentity(AZURE_CLIENT_ID));
  const address = { container: CONTAINER, blob: BLOB };
  const range = { offset: 6, sizeBytes: 5, etag: "*" };
  let part = "";
  await new RangeReader(BLOB_ENDPOINT, reads).read(address, range, (piece) => {
    part += piece.toString("latin1");
  });
  process.stdout.write(part === "" ? "nothing" : part);
  process.exit(0);
}

void main();
