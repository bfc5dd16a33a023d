package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Who writes a client finds every endpoint, with the answers that say no. */
class OpenApiIT {

    private static ApiDocument document() {
        return ApiDocument.ofGateway();
    }

    private static JsonNode paths() {
        return document().json().path("paths");
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
        "GET, /api/orders/{id}/settlement, 401 404 429",
        "GET, /api/subscriptions/{id}/settlement, 401 404 429",
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

    /** Else whoever waits in many tabs looks for the fault in the rate of their requests, which is none. */
    @ParameterizedTest
    @ValueSource(strings = {"/api/orders/{id}/settlement", "/api/subscriptions/{id}/settlement"})
    void whoWaitsIsToldThatTooManyMayNot(String path) {
        JsonNode refusal = document().operation("GET", path).json().at("/responses/429");

        assertThat(refusal.path("description").asString()).contains("too many that wait");
        assertThat(refusal.at("/headers/Retry-After").isObject()).isTrue();
    }

    /** The page of the endpoints shows them in groups: none of them is called as a class of ours is. */
    @Test
    void everyEndpointStandsInAGroupWithANameForReaders() {
        paths().properties().forEach(path -> path.getValue().properties().forEach(operation -> assertThat(
                        operation.getValue().path("tags"))
                .as("%s %s", operation.getKey(), path.getKey())
                .isNotEmpty()
                .allSatisfy(tag -> assertThat(tag.asString()).matches("[A-Z][a-z]+( [a-z]+)*"))));
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
        assertThat(OpenApiExamples.missingIn(document().json()))
                .as("fields without an example: by @Schema, or as a word in common-web's examples.properties")
                .isEmpty();
    }

    /** By the reader of OpenAPI documents that others generate clients with. */
    @Test
    void theDocumentIsValid() {
        String text = document().json().toString();

        SwaggerParseResult read = new OpenAPIV3Parser().readContents(text, null, new ParseOptions());

        assertThat(read.getMessages()).isEmpty();
        assertThat(read.getOpenAPI().getPaths()).hasSize(paths().size());
        assertThat(new OpenAPIV3Parser()
                        .readContents(
                                text.replaceFirst("\"operationId\"", "\"operationName\""), null, new ParseOptions())
                        .getMessages())
                .as("the check finds a word that no operation has")
                .isNotEmpty();
    }

    @Test
    void eachOperationHasANameOfItsOwnThatReads() {
        assertThat(document().operations())
                .extracting(ApiDocument.Operation::id)
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-z]+([A-Z][a-z]+)+"));
    }

    /** A generated client has a class of that name. */
    @Test
    void eachSchemaHasAPlainName() {
        assertThat(document().schemas().keySet())
                .contains("Order", "Plan", "Subscription", "Problem")
                .allMatch(name -> name.matches("([A-Z][a-z]+)+"));
    }

    @Test
    void whatIsNoSuccessIsAProblem() {
        for (ApiDocument.Operation operation : document().operations()) {
            operation.json().path("responses").properties().forEach(answer -> {
                if (!answer.getKey().startsWith("2")) {
                    assertThat(answer.getValue().path("content").toString())
                            .as("%s %s", operation.name(), answer.getKey())
                            .isEqualTo(
                                    "{\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}");
                }
                assertThat(answer.getValue().path("description").asString()).isNotBlank();
            });
        }
    }

    @Test
    void whoMayAskIsSaidWithASchemeThatIsThere() {
        assertThat(document()
                        .json()
                        .at("/components/securitySchemes/token/type")
                        .asString())
                .isEqualTo("http");
        assertThat(document().operations().stream().filter(ApiDocument.Operation::isOpen))
                .extracting(ApiDocument.Operation::id)
                .containsExactlyInAnyOrder(
                        "getConfig", "listProducts", "getProduct", "listPlans", "getPlan", "receiveStripeEvent");
        assertThat(document().operation("POST", "/api/products").isForOperators())
                .isTrue();
        assertThat(document().operation("POST", "/api/orders").isForOperators()).isFalse();
        assertThat(document().json().path("servers")).isNotEmpty();
    }

    @Test
    void aFieldThatIsAlwaysThereIsRequired() {
        document().schemas().forEach((name, schema) -> {
            if (!name.endsWith("Request")
                    && !Set.of("CardToSave", "CardUpdateRequest", "CustomerChange")
                            .contains(name)) {
                boolean allOptional = Set.of("Address", "BillingAddress", "BillingDetails", "PendingChange")
                        .contains(name);
                assertThat(schema.path("required").isEmpty()).as(name).isEqualTo(allOptional);
            }
        });
        assertThat(document().schemas().get("PageOrder").at("/properties/nextCursor/type"))
                .extracting(JsonNode::asString)
                .containsExactlyInAnyOrder("string", "null");
        assertThat(document().schemas().get("OrderRequest").path("required"))
                .extracting(JsonNode::asString)
                .containsExactly("items");
    }

    @Test
    void aWordOfAFixedSetIsListed() {
        JsonNode order = document().schemas().get("Order");

        assertThat(order.at("/properties/status/enum"))
                .extracting(JsonNode::asString)
                .contains("awaiting_payment", "paid", "dispute_lost");
        assertThat(document().schemas().get("Plan").at("/properties/interval/enum"))
                .hasSize(4);
        document().schemas().forEach((name, schema) -> {
            JsonNode status = schema.at("/properties/status");
            assertThat(status.isMissingNode() || status.has("enum") || name.equals("Problem"))
                    .as("%s.status lists its words", name)
                    .isTrue();
        });
    }

    /** What JavaScript alone reads otherwise, or not at all; the whole text is met, as Java does it. */
    @Test
    void aPatternIsOneOfJavaScriptToo() {
        List<String> patterns = ApiDocument.all(document().json())
                .map(node -> node.path("pattern"))
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .toList();

        assertThat(patterns)
                .isNotEmpty()
                .allMatch(pattern -> pattern.startsWith("^") && pattern.endsWith("$"))
                .noneMatch(pattern ->
                        pattern.matches(".*(\\(\\?[a-z-]+[:)]|\\(\\?>|[*+?}]\\+|\\\\[pPAzZhHRQEGXN]|&&|\\\\x\\{).*"));
    }

    @Test
    void aListIsTypedAsWhatItLists() {
        for (String path : List.of(
                "products:Product",
                "plans:Plan",
                "orders:Order",
                "payments:Payment",
                "subscriptions:Subscription",
                "invoices:Invoice",
                "payment-methods:PaymentMethod")) {
            String[] of = path.split(":");
            JsonNode page = document()
                    .resolved(document()
                            .operation("GET", "/api/" + of[0])
                            .json()
                            .at("/responses/200/content/application~1json/schema"));
            assertThat(page.at("/properties/data/items/$ref").asString()).isEqualTo("#/components/schemas/" + of[1]);
        }
    }

    @Test
    void aSessionIsOpenedForWhatItsModeSays() {
        JsonNode opens = document().operation("POST", "/api/checkout/sessions").json();

        assertThat(opens.at("/requestBody/content/application~1json/schema/oneOf"))
                .extracting(one ->
                        document().resolved(one).at("/properties/mode/enum").toString())
                .containsExactlyInAnyOrder("[\"payment\"]", "[\"setup\"]", "[\"subscription\"]");
        assertThat(opens.at("/responses/201/content/application~1json/schema/anyOf"))
                .anyMatch(one -> document()
                        .resolved(one)
                        .at("/properties/subscriptionId")
                        .isObject())
                .anyMatch(one ->
                        document().resolved(one).at("/properties/orderId").isObject());
    }

    @Test
    void nothingInternalIsShownToTheWorld() {
        assertThat(paths().propertyNames())
                .isNotEmpty()
                .allMatch(path -> path.startsWith("/api/") || path.startsWith("/webhooks/"));
    }
}
