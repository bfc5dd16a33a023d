package io.tillstream.acceptance;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Requests that nobody means to send, made from the API document: of each endpoint the path, the query, the headers and
 * the body, one of them or two at a time with what does not belong there, the rest as it should be.
 */
final class OddRequests {

    /** One request as bytes: nothing between here and the gateway makes it better. */
    record Odd(ApiDocument.Operation operation, String method, String id, String path, byte[] bytes) {

        /** For a person to read, and to send again. */
        String shown() {
            String text = new String(bytes, StandardCharsets.UTF_8).replaceAll("Bearer [\\w.-]{100,}", "Bearer …");
            return text.length() > 1_500 ? text.substring(0, 1_500) + "… (" + bytes.length + " bytes)" : text;
        }
    }

    private static final String[] METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"};

    private final ApiDocument document;
    private final OddValues values;
    private final OddJson json;
    private final Random random;
    private final OddObjects objects;
    private final List<String> keys = new ArrayList<>();
    private int count;

    OddRequests(ApiDocument document, Random random, OddObjects objects) {
        this.document = document;
        this.random = random;
        this.values = new OddValues(random);
        this.json = new OddJson(values, random);
        this.objects = objects;
    }

    Odd next() {
        List<ApiDocument.Operation> all = document.operations();
        ApiDocument.Operation operation = all.get(count % all.size());
        return of(operation);
    }

    private Odd of(ApiDocument.Operation operation) {
        String id = "fuzz-" + count++ + "-" + Integer.toHexString(random.nextInt());
        boolean oddPath = chance(20);
        boolean oddQuery = chance(25);
        boolean oddHeader = chance(25);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Host", Stack.gateway().getAuthority());
        headers.put("Connection", "close");
        headers.put("X-Request-Id", id);
        ExampleScenes.Scene scene = objects.scene(operation);
        token(operation, scene.user()).ifPresent(token -> headers.put("Authorization", token));
        if (operation.json().toString().contains("Idempotency-Key") && !chance(10)) {
            headers.put("Idempotency-Key", key());
        }
        byte[] body = body(operation, scene, headers);
        boolean chunked = body.length > 0 && chance(15);
        byte[] sent = chunked ? chunks(body) : body;
        if (chunked) {
            headers.put("Transfer-Encoding", "chunked");
        } else if (body.length > 0 || takesBody(operation.method())) {
            headers.put("Content-Length", String.valueOf(body.length));
        }
        if (oddHeader) {
            values.header(headers);
        }
        String path = path(operation, oddPath ? values.id() : scene.id(), oddPath);
        String target = path + query(operation, oddQuery);
        String method = chance(3) ? pick(METHODS) : operation.method();
        return new Odd(operation, method, id, path, bytes(method, target, headers, sent));
    }

    private static boolean takesBody(String method) {
        return !method.equals("GET") && !method.equals("DELETE");
    }

    /** Now and then one that another request has had. */
    private String key() {
        if (!keys.isEmpty() && chance(10)) {
            return keys.get(random.nextInt(keys.size()));
        }
        keys.add(UUID.randomUUID().toString());
        return keys.get(keys.size() - 1);
    }

    private java.util.Optional<String> token(ApiDocument.Operation operation, User owner) {
        if (chance(4)) {
            return java.util.Optional.of(values.token());
        }
        if (operation.isOpen() || chance(4)) {
            return java.util.Optional.empty();
        }
        boolean operator = operation.isForOperators() ? !chance(10) : chance(5);
        return java.util.Optional.of("Bearer " + Tokens.of(operator ? "operator" : String.valueOf(owner.name())));
    }

    private String path(ApiDocument.Operation operation, String id, boolean odd) {
        if (!operation.path().contains("{")) {
            return odd && chance(30) ? operation.path() + values.tail() : operation.path();
        }
        return operation.path().replaceAll("\\{[^}]+}", java.util.regex.Matcher.quoteReplacement(id));
    }

    private String query(ApiDocument.Operation operation, boolean odd) {
        List<String> parameters = new ArrayList<>();
        for (JsonNode parameter : operation.parameters("query")) {
            String name = parameter.path("name").asString();
            String real = objects.parameter(operation, name);
            if (odd && chance(60)) {
                parameters.add(name + "=" + (chance(30) ? values.raw() : encoded(values.text())));
            } else if (!real.isEmpty() && chance(50)) {
                parameters.add(name + "=" + encoded(real));
            } else if (chance(30) && !parameter.at("/schema/enum").isEmpty()) {
                JsonNode words = parameter.at("/schema/enum");
                parameters.add(
                        name + "=" + words.get(random.nextInt(words.size())).asString());
            }
        }
        if (odd && chance(30)) {
            parameters.add(encoded(values.text()) + "=" + values.raw());
        }
        return parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
    }

    private byte[] body(ApiDocument.Operation operation, ExampleScenes.Scene scene, Map<String, String> headers) {
        JsonNode schema = operation.requestSchema();
        if (schema.isMissingNode()) {
            return chance(10) ? typed(headers, json.anything()) : new byte[0];
        }
        @Nullable JsonNode example = example(schema, scene);
        String text =
                example == null || chance(5) ? json.anything() : chance(15) ? example.toString() : json.odd(example);
        return typed(headers, text);
    }

    private @Nullable JsonNode example(JsonNode schema, ExampleScenes.Scene scene) {
        List<JsonNode> found = new ArrayList<>();
        schema.path("oneOf")
                .forEach(one -> document.resolved(one).path("examples").forEach(found::add));
        document.resolved(schema).path("examples").forEach(found::add);
        return found.isEmpty()
                ? null
                : Answer.JSON.readTree(
                        scene.own(found.get(random.nextInt(found.size())).toString()));
    }

    /** Mostly JSON in UTF-8; now and then something else, or told as something else. */
    private byte[] typed(Map<String, String> headers, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        headers.put("Content-Type", "application/json");
        return switch (random.nextInt(20)) {
            case 0 -> {
                headers.put("Content-Type", values.contentType());
                yield utf8;
            }
            case 1 -> text.getBytes(Charset.forName(pick("UTF-16LE", "UTF-16", "UTF-32", "ISO-8859-1")));
            case 2 -> ("\ufeff" + text).getBytes(StandardCharsets.UTF_8);
            case 3 -> {
                headers.put("Content-Encoding", pick("gzip", "br", "deflate", "identity", "nonsense"));
                yield chance(50) ? utf8 : zipped(utf8);
            }
            case 4 -> {
                byte[] broken = utf8.clone();
                if (broken.length > 0) {
                    broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
                }
                yield broken;
            }
            default -> utf8;
        };
    }

    private static byte[] zipped(byte[] body) {
        try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
            try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
                zip.write(body);
            }
            return bytes.toByteArray();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** In chunks; now and then of a size that is none, or with no end. */
    private byte[] chunks(byte[] body) {
        String size = Integer.toHexString(body.length);
        String start =
                switch (random.nextInt(8)) {
                    case 0 -> "zz";
                    case 1 -> "-1";
                    case 2 -> "ffffffffffffffff";
                    case 3 -> size + ";ext=\"" + "x".repeat(200) + "\"";
                    case 4 -> "";
                    default -> size;
                };
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes((start + "\r\n").getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(body);
        bytes.writeBytes(pick("\r\n0\r\n\r\n", "\r\n0\r\n\r\n", "0\r\n\r\n", "\r\n0\r\nTrailer: x\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        return bytes.toByteArray();
    }

    private static byte[] bytes(String method, String target, Map<String, String> headers, byte[] body) {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    @SafeVarargs
    private <T> T pick(T... from) {
        return from[random.nextInt(from.length)];
    }
}
