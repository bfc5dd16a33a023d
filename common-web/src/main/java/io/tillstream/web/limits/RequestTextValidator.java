package io.tillstream.web.limits;

import io.tillstream.web.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** What may stand in an address, in headers and in any text of a body. */
final class RequestTextValidator {

    private static final int LONGEST_STEP = 255; // of a path: our ids and Stripe's have fewer characters
    private static final int LONGEST_KEY = 255;

    /** The codes of letters, digits and {@code - . _ ~}, which stand for themselves. */
    private static final Pattern SPELLED_OTHERWISE =
            Pattern.compile("%(?:2[de]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f|7e)", Pattern.CASE_INSENSITIVE);

    private static final Set<String> OUR_PARAMETERS =
            Set.of("cursor", "limit", "orderId", "planId", "subscriptionId", "id");

    /** What is, or may be, a user's id: it is the identity provider's to give, may be any digits, and goes from service to service. */
    private static final Set<String> SUBJECTS = Set.of("userId", "aggregateId");

    private RequestTextValidator() {}

    /**
     * A path is there in one spelling only. Whatever maps requests takes {@code /%61pi} for {@code /api}, as RFC 3986 has it;
     * a filter that compares paths as they came does not, and would let through what it is there to refuse or to count.
     */
    static void checkSpelling(ServerHttpRequest request) {
        if (SPELLED_OTHERWISE.matcher(request.getURI().getRawPath()).find()) {
            throw Problem.notFound();
        }
    }

    /** The path's ids are ours to define, so they are not searched for card numbers; the query's texts are. */
    static void checkAddress(ServerHttpRequest request) {
        for (String step : request.getURI().getRawPath().split("/", -1)) {
            String text = decoded("path", step);
            check("path", text);
            if (text.length() > LONGEST_STEP || (!text.isEmpty() && text.isBlank())) {
                throw Problem.notFound();
            }
        }
        String query = request.getURI().getRawQuery();
        if (query == null) {
            return;
        }
        for (String parameter : query.replace('+', ' ').split("&", -1)) {
            int equals = parameter.indexOf('=');
            String name = decoded("query", equals < 0 ? parameter : parameter.substring(0, equals));
            check("query", name);
            refuseCards(name);
            String value = equals < 0 ? "" : decoded(name, parameter.substring(equals + 1));
            check(name, value);
            boolean ours = OUR_PARAMETERS.contains(name) && isId(value);
            if (!ours && !isSubject(name, value)) {
                refuseCards(value);
            }
        }
    }

    static void checkHeaders(HttpHeaders headers) {
        @Nullable String key = headers.getFirst("Idempotency-Key");
        if (key != null && key.length() > LONGEST_KEY) {
            throw Problem.of(400, "idempotency-key-invalid", "An Idempotency-Key has 1 to 255 visible characters.");
        }
        @Nullable MediaType readable = contentType(headers);
        if (readable != null && !readable.isConcrete()) {
            throw wrongType();
        }
    }

    /** Bodies are JSON, and JSON is UTF-8. */
    static void checkType(HttpHeaders headers) {
        MediaType type = contentType(headers);
        boolean json = type != null
                && type.getType().equals("application")
                && (type.getSubtype().equals("json") || type.getSubtype().endsWith("+json"));
        if (type == null || !json || (type.getCharset() != null && !StandardCharsets.UTF_8.equals(type.getCharset()))) {
            throw wrongType();
        }
        String coding = headers.getFirst(HttpHeaders.CONTENT_ENCODING);
        if (coding != null && !coding.isBlank() && !coding.strip().equalsIgnoreCase("identity")) {
            throw Problem.of(415, "unsupported-media-type", "Send the body as it is, with no Content-Encoding.");
        }
    }

    private static @Nullable MediaType contentType(HttpHeaders headers) {
        try {
            MediaType type = headers.getContentType();
            if (type != null) {
                type.getCharset(); // fails for one that no Java has
            }
            return type;
        } catch (IllegalArgumentException e) {
            throw wrongType();
        }
    }

    private static Problem wrongType() {
        return Problem.of(415, "unsupported-media-type", "Send application/json in UTF-8.");
    }

    /** No database keeps U+0000, and no encoding has half a pair of surrogates. */
    static void check(String field, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw Problem.invalid(printable(field), "must not hold the character U+0000");
            }
            if (Character.isSurrogate(c)) {
                boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
                if (!pair) {
                    throw Problem.invalid(printable(field), "must not hold half of a surrogate pair");
                }
                i++;
            }
        }
    }

    /** A name that a client made up goes back to it, but not everything that it can hold. */
    private static String printable(String field) {
        boolean plain = field.length() <= 100 && field.chars().noneMatch(Character::isISOControl);
        return plain ? field : "query";
    }

    static void refuseCards(String text) {
        if (CardNumbers.in(text)) {
            throw Problem.of(
                    422,
                    "card-number-refused",
                    "Card numbers are not taken here. Collect them with Stripe.js and send the payment method's id.");
        }
    }

    /** Letters, digits and the signs that ids have; free text has spaces. */
    static boolean isId(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** As tokens have it in {@code sub}: of ASCII, with spaces too. */
    static boolean isSubject(String field, String text) {
        return SUBJECTS.contains(field) && text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    private static String decoded(String field, String raw) {
        if (raw.indexOf('%') < 0) {
            return raw;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes.write(octet(raw, i));
                i += 2;
            } else {
                bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Problem.malformed(printable(field), "is not UTF-8");
        }
    }

    private static int octet(String raw, int at) {
        int high = at + 2 < raw.length() ? Character.digit(raw.charAt(at + 1), 16) : -1;
        int low = at + 2 < raw.length() ? Character.digit(raw.charAt(at + 2), 16) : -1;
        if (high < 0 || low < 0) {
            throw Problem.malformed("path", "has a % that begins no character");
        }
        return high * 16 + low;
    }
}
