package io.tillstream.acceptance;

import static io.tillstream.acceptance.User.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Who writes a client finds every endpoint, with the answers that say no. */
class OpenApiIT {

    private static JsonNode paths() {
        return NOBODY.get("/docs/openapi.json").expect(200).json().path("paths");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/config, 429",
        "GET, /api/products, 400",
        "GET, /api/products/{id}, 404",
        "POST, /api/products, 400 401 403 409 422",
        "PUT, /api/products/{id}, 400 401 403 404 422",
        "GET, /api/plans, 400",
        "GET, /api/plans/{id}, 404",
        "POST, /api/plans, 400 401 403 409 422",
        "PUT, /api/plans/{id}, 400 401 403 404 422",
        "POST, /webhooks/stripe, 400 413 503",
        "POST, /api/orders, 400 401 402 409 422",
        "GET, /api/orders, 401",
        "GET, /api/orders/{id}, 401 404",
        "POST, /api/orders/{id}/payments, 400 401 402 404 409 422",
        "GET, /api/orders/{id}/settlement, 401 404",
        "POST, /api/orders/{id}/cancel, 401 404 409",
        "GET, /api/orders/{id}/timeline, 401 404",
        "POST, /api/checkout/sessions, 400 401 404 409 422",
        "GET, /api/checkout/sessions/{id}, 401 404",
        "GET, /api/payments, 401",
        "GET, /api/payments/{id}, 401 404",
        "POST, /api/orders/{id}/refunds, 400 401 403 404 409 422",
        "GET, /api/admin/orders, 401 403",
        "POST, /api/customers, 400 401 422",
        "GET, /api/customers/me, 401 404",
        "PATCH, /api/customers/me, 400 401 404 422",
        "DELETE, /api/customers/me, 401 404",
        "GET, /api/payment-methods, 401",
        "POST, /api/payment-methods, 400 401 422",
        "POST, /api/payment-methods/setup-intents, 401",
        "PUT, /api/payment-methods/{id}, 400 401 404 422",
        "DELETE, /api/payment-methods/{id}, 401 404 409"
    })
    void anEndpointIsDocumentedWithTheAnswersThatSayNo(String method, String path, String refusals) {
        JsonNode operation = paths().path(path).path(method.toLowerCase(Locale.ROOT));

        assertThat(operation.isObject()).as("%s %s is documented", method, path).isTrue();
        assertThat(operation.path("summary").asString("")).isNotEmpty();
        assertThat(operation.path("responses").propertyNames()).contains(refusals.split(" "));
    }

    /** A new endpoint is asked what it gives away before anybody else asks it. */
    @Test
    void everyEndpointHasItsLineOnTheSecurityPage() throws IOException {
        Set<String> documented = new TreeSet<>();
        paths().properties().forEach(path -> path.getValue()
                .propertyNames()
                .forEach(method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));

        assertThat(SecurityPage.lines().stream().flatMap(line -> line.endpoints().stream()))
                .containsAll(documented)
                .isSubsetOf(documented);
    }

    @Test
    void whatIsSentAndAnsweredIsShownByExample() {
        JsonNode document = NOBODY.get("/docs/openapi.json").expect(200).json();

        assertThat(OpenApiExamples.missingIn(document))
                .as("fields without an example: by @Schema, or as a word in common-web's examples.properties")
                .isEmpty();
    }

    @Test
    void nothingInternalIsShownToTheWorld() {
        assertThat(paths().propertyNames())
                .isNotEmpty()
                .allMatch(path -> path.startsWith("/api/") || path.startsWith("/webhooks/"));
    }
}
