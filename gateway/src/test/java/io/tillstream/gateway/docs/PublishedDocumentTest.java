package io.tillstream.gateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Anybody may ask for the document, as often as they like. */
class PublishedDocumentTest {

    private final AtomicInteger merges = new AtomicInteger();
    private final PublishedDocument published = new PublishedDocument(JsonMapper.shared());

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private PublishedDocument.Version of(String service) {
        Mono<JsonNode> base = Mono.fromSupplier(() -> {
            merges.incrementAndGet();
            return json("{\"openapi\":\"3.1.0\"}");
        });
        PublishedDocument.Version version =
                published.of(Map.of("order-service", json(service)), base).block();
        assertThat(version).isNotNull();
        return version;
    }

    @Test
    void twoRequestsMergeOnceAndWhatChangedIsMergedAnew() {
        String orders = "{\"paths\":{\"/api/orders\":{\"get\":{}}}}";
        PublishedDocument.Version first = of(orders);
        PublishedDocument.Version again = of(orders);
        assertThat(again.text()).isSameAs(first.text());
        assertThat(merges).hasValue(1);
        assertThat(again.documents().get("order-service"))
                .as("what was read last, else each request compares all of it, node by node")
                .isNotSameAs(first.documents().get("order-service"));

        PublishedDocument.Version changed = of("{\"paths\":{\"/api/orders\":{\"post\":{}}}}");
        assertThat(merges).hasValue(2);
        assertThat(changed.etag()).isNotEqualTo(first.etag()).matches("\"[0-9a-f]{32}\"");
    }
}
