package io.tillstream.web.limits;

import io.tillstream.web.Problem;
import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Looks at every name, text and number of a JSON body as it is meant, whatever way it is written: escapes are read, and
 * only UTF-8 is JSON (RFC 8259).
 */
final class JsonBodyValidator {

    private static final int DEPTH = 32; // our deepest request has four levels
    private static final int TOKENS = 20_000; // 64 KiB of the smallest tokens would be more
    private static final int NUMBER = 64; // characters; a long has 19
    private static final int LARGEST_EXPONENT =
            NUMBER; // with more it is no card number, however many zeros it is written with

    /** Names of ids that we give out: they can be any digits, and have no spaces. */
    private static final Set<String> OUR_IDS = Set.of(
            "id",
            "productId",
            "planId",
            "product",
            "orderId",
            "subscriptionId",
            "invoiceId",
            "paymentId",
            "reference",
            "features");

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH)
                    .maxTokenCount(TOKENS)
                    .maxNumberLength(NUMBER)
                    .build())
            .build();

    private JsonBodyValidator() {}

    /**
     * Throws a {@link Problem}: 400 for what is no JSON, 415 for what is not UTF-8, 422 for what must not be in it.
     *
     * @param masked fields whose texts may hold a card number, as nobody keeps it
     */
    static void check(byte[] body, Set<String> masked) {
        if (isWide(body)) {
            throw Problem.of(415, "unsupported-media-type", "Send application/json in UTF-8.");
        }
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), body)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                look(json, token, masked);
            }
        } catch (JacksonException e) {
            throw unreadable(e);
        }
    }

    private static void look(JsonParser json, JsonToken token, Set<String> masked) {
        if (token == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            RequestTextValidator.check("a field's name", name);
            RequestTextValidator.refuseCards(name);
        } else if (token == JsonToken.VALUE_STRING) {
            String text = json.getString();
            String field = field(json);
            RequestTextValidator.check(field, text);
            boolean ours = OUR_IDS.contains(field) && RequestTextValidator.isId(text);
            if (!ours && !masked.contains(field) && !RequestTextValidator.isSubject(field, text)) {
                RequestTextValidator.refuseCards(text);
            }
        } else if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
            RequestTextValidator.refuseCards(plain(json.getString()));
        }
    }

    /** The field that the value is of, or that the list is of that it stands in. */
    private static String field(JsonParser json) {
        @Nullable String name = json.currentName();
        if (name == null && json.streamReadContext().getParent() != null) {
            name = json.streamReadContext().getParent().currentName();
        }
        return name == null ? "body" : name;
    }

    /** 4.242E15 is 4242000000000000. */
    private static String plain(String number) {
        int e = Math.max(number.indexOf('e'), number.indexOf('E'));
        if (e < 0) {
            return number;
        }
        try {
            boolean large = Math.abs(Integer.parseInt(number.substring(e + 1))) > LARGEST_EXPONENT;
            return large ? number : new BigDecimal(number).toPlainString();
        } catch (NumberFormatException huge) {
            return number;
        }
    }

    /** UTF-16 and UTF-32 have a zero in the first characters, or a mark before them. A parser would read them silently. */
    private static boolean isWide(byte[] body) {
        for (int i = 0; i < Math.min(body.length, 4); i++) {
            if (body[i] == 0 || body[i] == (byte) 0xfe || body[i] == (byte) 0xff) {
                return true;
            }
        }
        return false;
    }

    private static Problem unreadable(JacksonException e) {
        if (e.getLocation() == null || e.getLocation().getLineNr() < 1) {
            return Problem.malformed("The request cannot be read.");
        }
        return Problem.malformed("The request cannot be read: not JSON from line "
                + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr() + ".");
    }
}
