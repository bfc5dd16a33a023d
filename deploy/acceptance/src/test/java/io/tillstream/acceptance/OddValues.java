package io.tillstream.acceptance;

import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Values that do not belong where they stand. */
final class OddValues {

    private static final String[] TEXTS = {
        "",
        " ",
        "\t",
        "\n",
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "NaN",
        "1e400",
        "9223372036854775808",
        "\u0000",
        "a\u0000b",
        "\ud800",
        "\udc00\ud800",
        "\ufeff",
        "\u202e\u2066",
        "\u00a0",
        "\u2028",
        "%",
        "%00",
        "%zz",
        "../..",
        "..;/",
        "/etc/passwd",
        "'; drop table orders; --",
        "' or '1'='1",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "<script>",
        "{\"a\":1}",
        "[]",
        "a,b",
        "a;b=c",
        "\\",
        "\"",
        "4242424242424242",
        "4242 4242 4242 4242",
        "1-1-1-1-1",
        "00000000-0000-0000-0000-000000000000",
        "2026-02-30T25:61:61Z",
        "+999999999-12-31T23:59:59Z",
        "-999999999-01-01T00:00:00Z",
        "PT999999999999H",
        "99999999999999999999s",
        "9223372036854775807d",
        "-5s",
        "http://localhost:8080/\u0000",
        "javascript:alert(1)",
        "http://[::1",
        "//evil.example",
        "pm_",
        "tok_",
        "cs_test_\u00e9",
        "in_1",
        "in_" + "x".repeat(240),
        "OPERATOR",
        "usd ",
        "USD",
        "xxx",
        "jpy",
        "\u00df",
        "\u0130",
        "İstanbul",
        "ﷺ",
        "e\u0301",
        "👩‍👩‍👧‍👦"
    };

    private static final String[] RAW = {
        "%",
        "%0",
        "%zz",
        "%00",
        "%C3",
        "%ED%A0%80",
        "%FF",
        "+",
        "%20",
        "%09",
        "%2F",
        "%252e",
        "a=b=c",
        "=",
        "\u00e9",
        "[",
        "{",
        "|",
        "\"",
        "<",
        "^",
        "`",
        "%u0041"
    };

    private static final String[] IDS = {
        "%20",
        "%09",
        "%C2%A0",
        "%00",
        "%",
        "%zz",
        "%2e%2e",
        "..",
        ".",
        "..;",
        "a;b=c",
        "%2F",
        "1-1-1-1-1",
        "null",
        "undefined",
        "0",
        "-1",
        "*",
        "%F0%9F%92%B8",
        "%C3",
        "{id}",
        "%7Bid%7D",
        "me",
        "upcoming",
        "cs_test_x",
        "pm_card_visa",
        "in_1",
        "a%0d%0ab",
        "%5C",
        "4242424242424242"
    };

    private static final String[] TYPES = {
        "",
        " ",
        "json",
        "application/",
        "/json",
        "application/json;charset=none-such",
        "application json",
        "application/json; charset=\"utf-8",
        "*",
        "*/*",
        "application/*",
        "application/json, text/plain",
        "text/plain",
        "application/json; charset=utf-16",
        "application/json;;;",
        "application/json; =",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "text/event-stream",
        "application/problem+json",
        "application/json\u00e9"
    };

    private static final String[] TOKENS = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer a",
        "Bearer a.b.c",
        "Bearer ..",
        "Basic YTpi",
        "bearer x y z",
        "Bearer \u00e9",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.",
        "Bearer " + "a".repeat(9_000),
        "Digest x",
        "Bearer =="
    };

    private final Random random;

    OddValues(Random random) {
        this.random = random;
    }

    String text() {
        return switch (random.nextInt(12)) {
            case 0 -> "x".repeat(random.nextInt(3_000));
            case 1 -> "\ud83d\ude00".repeat(1 + random.nextInt(300));
            case 2 -> "a-".repeat(random.nextInt(1_500));
            case 3 -> Character.toString(random.nextInt(Character.MAX_CODE_POINT + 1));
            case 4 -> String.valueOf(random.nextLong());
            default -> TEXTS[random.nextInt(TEXTS.length)];
        };
    }

    /** As it stands in an address. */
    String raw() {
        return RAW[random.nextInt(RAW.length)];
    }

    String id() {
        return switch (random.nextInt(8)) {
            case 0 -> "x".repeat(1 + random.nextInt(2_000));
            case 1 -> UUID.randomUUID().toString().toUpperCase(java.util.Locale.ROOT);
            case 2 -> "a-".repeat(1 + random.nextInt(1_000));
            default -> IDS[random.nextInt(IDS.length)];
        };
    }

    String tail() {
        return pick("/", "//", "/.", "/..", ";a=b", "%20", "/%00", "/x/y/z", ".json", "%");
    }

    String contentType() {
        return TYPES[random.nextInt(TYPES.length)];
    }

    String token() {
        return TOKENS[random.nextInt(TOKENS.length)];
    }

    /** Adds or changes a header; what comes out may be no HTTP any more. */
    void header(Map<String, String> headers) {
        switch (random.nextInt(17)) {
            case 0 -> headers.put("Idempotency-Key", pick("", " ", "\u00e9\u00ff", "x".repeat(256), "a b", "\u0080"));
            case 1 -> headers.put("X-Request-Id", pick("", "a b", "x".repeat(500), "\u00ff", "4242424242424242"));
            case 2 ->
                headers.put(
                        "Accept",
                        pick(
                                "image/png",
                                "*/*;q=abc",
                                "nonsense",
                                "",
                                "a/b/c",
                                ",,,",
                                "*",
                                "text/xml",
                                "application/json;charset=iso-8859-1",
                                "*/*" + ", text/x-1".repeat(60)));
            case 3 -> headers.put("Accept-Charset", pick("none-such", "*;q=x", "utf-16"));
            case 4 -> headers.put("Accept-Language", pick("xx-YY-zz;q=9", "*", "\u00e9", "a".repeat(5_000)));
            case 5 -> headers.put("Origin", pick("null", "http://evil.example", "nonsense", "\u00ff", "http://[::1"));
            case 6 ->
                headers.put(
                        "traceparent",
                        pick("", "00-zz-zz-00", "ff-" + "0".repeat(32) + "-" + "0".repeat(16) + "-01", "\u00ff"));
            case 7 -> headers.put("Range", pick("bytes=0-0", "bytes=5-1", "nonsense"));
            case 8 -> headers.put("If-None-Match", pick("*", "\"", "W/"));
            case 9 -> headers.put("Cookie", pick("a", "=", "a=b; c", "x".repeat(5_000)));
            case 10 -> headers.put("X-HTTP-Method-Override", "DELETE");
            case 11 -> headers.put("baggage", pick("a=b", ",,,", "\u00ff=1"));
            case 12 -> headers.put("Access-Control-Request-Method", pick("DELETE", "nonsense"));
            case 13 -> headers.put("Last-Event-ID", pick("x", "-1", "9".repeat(40)));
            case 14 -> {
                headers.put("Connection", "close, Upgrade");
                headers.put("Upgrade", pick("websocket", "WebSocket", "h2c", "\u00e9", ""));
                headers.put("Sec-WebSocket-Version", pick("13", "0", ""));
                headers.put("Sec-WebSocket-Key", pick("dGhlIHNhbXBsZSBub25jZQ==", "x"));
            }
            case 15 -> headers.put(pick("X-Long", "Forwarded", "X-Forwarded-For"), "y".repeat(40_000));
            default -> headers.put(pick("X\u00e9", "X Y", "", "X\u0001", "X-Nul"), pick("a\u0000b", "a\u0007b", "x"));
        }
    }

    String pick(String... from) {
        return from[random.nextInt(from.length)];
    }
}
