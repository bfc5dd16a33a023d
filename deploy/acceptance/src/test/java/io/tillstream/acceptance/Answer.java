package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What came back over HTTP. */
record Answer(int status, java.net.http.HttpHeaders headers, String body) {
    static final JsonMapper JSON = new JsonMapper();

    static Answer of(HttpResponse<String> response) {
        return new Answer(response.statusCode(), response.headers(), response.body());
    }

    JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JacksonException notJson) {
            throw new AssertionError("not JSON, but " + status + ": " + body, notJson);
        }
    }

    /** A field of the body, by a path such as {@code /failure/code}; empty if it is not there. */
    String text(String pointer) {
        return json().at(pointer).asString("");
    }

    String id() {
        return text("/id");
    }

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** Fails with the whole answer if the status is another. */
    Answer expect(int... statuses) {
        List<Integer> expected = Arrays.stream(statuses).boxed().toList();
        assertThat(status).as(body).isIn(expected);
        return this;
    }

    /** An answer that says no: problem JSON with this status and code, and a request id to ask about. */
    Answer expectProblem(int expected, String code) {
        expect(expected);
        assertThat(header("content-type")).startsWith("application/problem+json");
        assertThat(text("/code")).as(body).isEqualTo(code);
        assertThat(text("/requestId")).as(body).isNotEmpty();
        assertThat(json().at("/status").asInt()).as(body).isEqualTo(expected);
        return this;
    }
}
