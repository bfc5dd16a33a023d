package io.tillstream.gateway.docs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The merged document as it is sent. Merging takes long, and anybody may ask: it is done once for the same documents. */
final class PublishedDocument {

    /** @param etag in quotes, the same for the same text */
    record Version(Map<String, JsonNode> documents, String text, String etag) {}

    private final JsonMapper json;
    private volatile @Nullable Version last;

    PublishedDocument(JsonMapper json) {
        this.json = json;
    }

    /**
     * @param documents by service, in the order in which they are shown
     * @param base the gateway's own document, asked for only where something has changed
     */
    Mono<Version> of(Map<String, JsonNode> documents, Mono<JsonNode> base) {
        Version known = last;
        return known != null && known.documents().equals(documents)
                ? Mono.just(kept(known, documents))
                : base.map(own -> merged(documents, own)).doOnNext(version -> last = version);
    }

    /** Read anew and the same: the next request brings these instances, and what is identical is compared at once. */
    private Version kept(Version known, Map<String, JsonNode> documents) {
        Version same = new Version(documents, known.text(), known.etag());
        last = same;
        return same;
    }

    private Version merged(Map<String, JsonNode> documents, JsonNode base) {
        MergedDocument merged = new MergedDocument(base);
        documents.forEach(merged::add);
        String text = json.writeValueAsString(merged.json());
        return new Version(documents, text, etag(text));
    }

    private static String etag(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return '"' + HexFormat.of().formatHex(digest, 0, 16) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
