package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * A text of people's own is taken, and then Stripe takes it too, or it is refused with the name of its field: however
 * long it is, and also where each of its characters takes four bytes.
 */
class LongTextsIT {

    private static final User MAEVE = new User("maeve");
    private static final String EMOJI = "\ud83d\ude00";
    private static final int[] LENGTHS = {1, 64, 100, 128, 129, 250, 256, 500, 501};

    /** Where a text goes, and the field by which it is refused. */
    private record Place(String name, String method, String path, String body, String field) {
        Answer filled(String text) {
            return MAEVE.send(method, path, body.replace("TEXT", text), Map.of("Idempotency-Key", User.key()));
        }

        /** Stripe alone keeps the words of a card. */
        private boolean isCard() {
            return path.startsWith("/api/payment-methods/");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Place> places() {
        String card = SavedCardsIT.save(MAEVE, "pm_card_visa").expect(200, 201).id();
        String address =
                "{'line1': 'Lane 1', 'city': 'Oxford', 'postalCode': 'OX1', 'country': 'GB'}".replace('\'', '"');
        String customer = "{\"name\": \"Maeve\", \"email\": \"maeve@example.com\", \"address\": %s}".formatted(address);
        String order = User.order(User.BOOK, 1, User.card("pm_card_visa"))
                .replaceFirst("\\{", "{\"shippingAddress\": " + address.replace("{", "{\"name\": \"Maeve\", ") + ", ");
        String billing = "{\"billingDetails\": %s}".formatted(customer);
        return List.of(
                new Place("name", "POST", "/api/customers", customer.replace("\"Maeve\"", "\"TEXT\""), "name"),
                new Place("new name", "PATCH", "/api/customers/me", "{\"name\": \"TEXT\"}", "name"),
                new Place("street", "POST", "/api/customers", customer.replace("Lane 1", "TEXT"), "address.line1"),
                new Place("city", "POST", "/api/customers", customer.replace("Oxford", "TEXT"), "address.city"),
                new Place("postcode", "POST", "/api/customers", customer.replace("OX1", "TEXT"), "address.postalCode"),
                new Place(
                        "billing name",
                        "PUT",
                        "/api/payment-methods/" + card,
                        billing.replace("\"Maeve\"", "\"TEXT\""),
                        "billingDetails.name"),
                new Place(
                        "billing city",
                        "PUT",
                        "/api/payment-methods/" + card,
                        billing.replace("Oxford", "TEXT"),
                        "billingDetails.address.city"),
                new Place(
                        "receiver",
                        "POST",
                        "/api/orders",
                        order.replace("\"Maeve\"", "\"TEXT\""),
                        "shippingAddress.name"),
                new Place("where", "POST", "/api/orders", order.replace("Lane 1", "TEXT"), "shippingAddress.line1"),
                new Place("where to", "POST", "/api/orders", order.replace("Oxford", "TEXT"), "shippingAddress.city"));
    }

    private static Stream<Arguments> texts() {
        return places().stream().flatMap(place -> Stream.of("x", EMOJI).map(letter -> Arguments.of(place, letter)));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void whatIsTakenStripeTakesAndWhatIsNotIsNamed(Place place, String letter) {
        for (int length : LENGTHS) {
            Answer answer = place.filled(letter.repeat(length));
            if (answer.status() == 422) {
                answer.expectProblem(422, "validation-failed");
                assertThat(answer.json().path("errors"))
                        .extracting(error -> error.path("field").asString())
                        .containsExactly(place.field());
            } else {
                answer.expect(200, 201, 202);
                assertThat(shown(place.isCard() ? Simulator.get("/v1/payment_methods/" + answer.id()) : answer.json()))
                        .contains(letter.repeat(length));
            }
        }
        place.filled(letter).expect(200, 201, 202);
        place.filled(letter.repeat(501)).expect(422);
    }

    /** As it was sent, in characters and not in escapes. */
    private static String shown(JsonNode answer) {
        return String.join(
                " ",
                ApiDocument.all(answer)
                        .filter(JsonNode::isString)
                        .map(JsonNode::asString)
                        .toList());
    }
}
