package io.tillstream.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OpenApiIT extends RunningService {

    @Test
    void everyEndpointIsDocumentedWithItsErrors() {
        JsonNode paths = json(nobody().get()
                        .uri("/v3/api-docs")
                        .exchange()
                        .expectStatus()
                        .isOk())
                .path("paths");
        List<String> expected = List.of(
                "/api/products get",
                "/api/products post",
                "/api/products/{id} get",
                "/api/products/{id} put",
                "/api/orders get",
                "/api/orders post",
                "/api/orders/{id} get",
                "/api/orders/{id}/payments post",
                "/api/orders/{id}/cancel post",
                "/api/orders/{id}/settlement get",
                "/api/orders/{id}/timeline get",
                "/api/orders/{id}/refunds post",
                "/api/checkout/sessions post",
                "/api/admin/orders get",
                "/api/admin/orders/{id} get");
        for (String endpoint : expected) {
            JsonNode operation = paths.path(endpoint.split(" ")[0]).path(endpoint.split(" ")[1]);
            assertThat(operation.path("summary").asString("")).as(endpoint).isNotEmpty();
            assertThat(operation.path("responses").propertyNames()).as(endpoint).anyMatch(code -> code.startsWith("4"));
        }
        assertThat(paths.at("/~1api~1orders/post/responses").propertyNames()).contains("402", "202", "409", "503");
    }
}
