import type { Attachment } from "./chat.ts";

export interface UploadedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

export interface StoredFile extends UploadedFile {
  readonly fileId: string;
  readonly path: string;
}

/** Every file that was sent in any chat, by its id and by the path `getFile` tells. */
export class Files {
  readonly #byId = new Map<string, StoredFile>();

  store(file: UploadedFile, kind: Attachment["kind"]): Attachment {
    const number = this.#byId.size + 1;
    const fileId = `emulated-file-${number}`;
    this.#byId.set(fileId, { ...file, fileId, path: `${kind}s/file_${number}` });
    return { kind, fileId, name: file.name, mimeType: file.mimeType, size: file.bytes.byteLength };
  }

  get(fileId: string): StoredFile | undefined {
    return this.#byId.get(fileId);
  }

  atPath(path: string): StoredFile | undefined {
    return [...this.#byId.values()].find((file) => file.path === path);
  }
}
