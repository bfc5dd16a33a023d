package io.tillstream.gateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MergedDocumentTest {

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    private static JsonNode service(String path, String schema, String content) {
        return json("{'paths':{'" + path
                + "':{'post':{'operationId':'create','requestBody':{'content':{'application/json':{'schema':{'$ref':'#/components/schemas/"
                + schema + "'}}}},'responses':{'200':{}}}},'/internal/x':{'get':{}}},'components':{'schemas':{'"
                + schema + "':" + content
                + ",'Problem':{'type':'object'}}}}");
    }

    private final MergedDocument merged =
            new MergedDocument(json("{'openapi':'3.1.0','paths':{'/api/config':{'get':{}}}}"));

    @Test
    void pathsOfAllServicesAreThereButInternalOnes() {
        merged.add("order-service", service("/api/orders", "Order", "{'type':'object'}"));
        merged.add("payment-service", service("/api/payments", "Payment", "{'type':'object'}"));
        assertThat(merged.json().path("paths").propertyNames())
                .containsExactlyInAnyOrder("/api/config", "/api/orders", "/api/payments");
        assertThat(merged.json().path("components").path("schemas").propertyNames())
                .containsExactlyInAnyOrder("Order", "Payment", "Problem");
    }

    @Test
    void schemasOfOneNameAndOtherContentAreKeptApart() {
        merged.add("order-service", service("/api/orders", "Request", "{'type':'object','title':'order'}"));
        merged.add("payment-service", service("/api/payments", "Request", "{'type':'object','title':'payment'}"));
        JsonNode schemas = merged.json().path("components").path("schemas");
        assertThat(schemas.path("Request").path("title").asString()).isEqualTo("order");
        assertThat(schemas.path("payment-service_Request").path("title").asString())
                .isEqualTo("payment");
        assertThat(merged.json()
                        .at("/paths/~1api~1payments/post/requestBody/content/application~1json/schema/$ref")
                        .asString())
                .isEqualTo("#/components/schemas/payment-service_Request");
    }

    @Test
    void anEndpointOfSeveralServicesTakesEachBody() {
        merged.add("order-service", service("/api/checkout/sessions", "Pay", "{'type':'object'}"));
        merged.add("payment-service", service("/api/checkout/sessions", "SetUp", "{'type':'object'}"));
        merged.add("subscription-service", service("/api/checkout/sessions", "Subscribe", "{'type':'object'}"));
        assertThat(merged.json()
                        .at("/paths/~1api~1checkout~1sessions/post/requestBody/content/application~1json/schema/oneOf"))
                .hasSize(3);
    }

    private static JsonNode told(String summary, String description) {
        return json("{'paths':{'/api/checkout/sessions':{'post':{'summary':'" + summary + "','description':'"
                + description + "'}}}}");
    }

    @Test
    void anEndpointOfSeveralServicesSaysWhatEachDoesAndNothingTwice() {
        merged.add("order-service", told("Opens a page", "An order is paid."));
        merged.add("payment-service", told("Opens a page", "A card is added."));
        merged.add("subscription-service", told("Starts", "A plan is taken."));
        assertThat(merged.json()
                        .at("/paths/~1api~1checkout~1sessions/post/description")
                        .asString())
                .isEqualTo("An order is paid.\n\nA card is added.\n\nStarts. A plan is taken.");
    }

    private static JsonNode listed(String path, String item) {
        return json("{'paths':{'" + path + "':{'get':{'operationId':'list_1','responses':{'200':{'content':{"
                + "'application/json':{'schema':{'$ref':'#/components/schemas/PageJson'}}}}}}},"
                + "'/internal/y':{'get':{'responses':{'200':{'content':{'application/json':{'schema':{"
                + "'$ref':'#/components/schemas/Inner'}}}}}}}},'components':{'schemas':{"
                + "'PageJson':{'properties':{'data':{'items':{'$ref':'#/components/schemas/Json'}}}},"
                + "'Json':{'title':'" + item + "'},'Inner':{'type':'object'}}}}");
    }

    @Test
    void aListOfOneServiceIsNeverTypedAsThatOfAnother() {
        merged.add("order-service", listed("/api/products", "product"));
        merged.add("subscription-service", listed("/api/plans", "plan"));
        JsonNode document = merged.json();
        for (String path : java.util.List.of("products", "plans")) {
            String page = document.at(
                            "/paths/~1api~1" + path + "/get/responses/200/content/application~1json/schema/$ref")
                    .asString()
                    .replace("#/components/schemas/", "");
            String item = document.at("/components/schemas/" + page + "/properties/data/items/$ref")
                    .asString()
                    .replace("#/components/schemas/", "");
            assertThat(path)
                    .startsWith(document.at("/components/schemas/" + item + "/title")
                            .asString());
        }
    }

    @Test
    void whatServicesSayToEachOtherIsLeftOutAndOperationsHavePlainNames() {
        merged.add("order-service", listed("/api/products", "product"));
        JsonNode document = merged.json();
        assertThat(document.path("components").path("schemas").propertyNames())
                .containsExactlyInAnyOrder("PageJson", "Json");
        assertThat(document.at("/paths/~1api~1products/get/operationId").asString())
                .isEqualTo("getProducts");
        assertThat(document.at("/servers/0/url").asString()).isEqualTo("/");
    }
}
