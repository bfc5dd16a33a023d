package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whoever filters by what an endpoint does not have must not take everything for the answer. */
class UnknownParametersIT {

    private static final List<String> TRIED = List.of("status", "state", "userId", "email", "unknown", "page");

    private final ApiDocument document = ApiDocument.ofGateway();

    @TestFactory
    Stream<DynamicTest> whatAnEndpointDoesNotHaveIsRefusedThere() {
        return document.operations().stream()
                .filter(operation -> operation.method().equals("GET"))
                .map(operation -> DynamicTest.dynamicTest(operation.name(), () -> refuses(operation)));
    }

    private static void refuses(ApiDocument.Operation operation) {
        Set<String> documented = operation.parameters("query").stream()
                .map(parameter -> parameter.path("name").asString())
                .collect(Collectors.toSet());
        String path = operation.path().replaceAll("\\{[^}]+}", User.key());
        for (String name : TRIED) {
            if (!documented.contains(name)) {
                for (String query : List.of("?" + name + "=", "?" + name + "=active", "?" + name)) {
                    Answer answer = User.OPERATOR.get(path + query);
                    assertThat(answer.status()).as(path + query).isEqualTo(400);
                    assertThat(answer.text("/code")).as(path + query).isEqualTo("malformed-request");
                    assertThat(answer.text("/errors/0/field")).as(path + query).isEqualTo(name);
                }
            }
        }
    }

    @Test
    void theListsOfAllServicesAreAmongThem() {
        assertThat(document.operations())
                .extracting(ApiDocument.Operation::name)
                .contains(
                        "GET /api/config",
                        "GET /api/products",
                        "GET /api/plans",
                        "GET /api/orders",
                        "GET /api/payments",
                        "GET /api/payment-methods",
                        "GET /api/subscriptions",
                        "GET /api/invoices",
                        "GET /api/entitlements",
                        "GET /api/admin/orders",
                        "GET /api/admin/payments",
                        "GET /api/admin/customers",
                        "GET /api/admin/subscriptions",
                        "GET /api/admin/dead-letters",
                        "GET /api/admin/parked-events",
                        "GET /api/admin/drift-reports",
                        "GET /api/admin/event-replays");
    }
}
