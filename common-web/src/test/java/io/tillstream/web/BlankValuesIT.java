package io.tillstream.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.testing.TestWebClient;
import io.tillstream.web.example.TestService;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.json.JsonMapper;

/** Nothing but blanks is no value, and is not what was left out either: a refund of "all" for an amount of blanks is money lost. */
class BlankValuesIT extends RunningTestService {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> BLANKS =
            List.of("", " ", "\t", "\n", "\r\n  ", "\u0001", "\u001f", "\u00a0", "\u2003", "\u3000");

    static Stream<String> fields() {
        return Arrays.stream(TestService.Kinds.class.getRecordComponents()).map(field -> field.getName());
    }

    @ParameterizedTest
    @MethodSource("fields")
    void nothingActsOnBlanksAsIfTheFieldHadBeenLeftOut(String field) {
        for (String blank : BLANKS) {
            String value = JSON.writeValueAsString(blank);
            String one = "{\"%s\":%s}".formatted(field, value);
            refused(one);
            refused("{\"inside\":%s}".formatted(one));
            refused("{\"inside\":{\"inside\":%s}}".formatted(one));
        }
    }

    @Test
    void norInAListOrAMap() {
        for (String blank : BLANKS) {
            String value = JSON.writeValueAsString(blank);
            refused("{\"amounts\":[1,%s]}".formatted(value));
            refused("{\"named\":{\"a\":%s}}".formatted(value));
        }
    }

    @Test
    void whatIsLeftOutOrGivenIsTaken() {
        post("{}").expectStatus().isOk();
        post("{\"amount\":1,\"save\":false,\"kind\":\"SMALL\",\"inside\":{\"amounts\":[2]}}")
                .expectStatus()
                .isOk();
        get("").expectStatus().isOk();
        get("?name=a&kind=SMALL&since=1&all=true&limit=5").expectStatus().isOk();
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "name", "kind", "since", "all", "limit", "cursor"})
    void aListIsNotGivenWholeToWhoFiltersItByBlanks(String name) {
        for (String blank : BLANKS) {
            String value = URLEncoder.encode(blank, StandardCharsets.UTF_8);
            malformed(get("?" + name + "=" + value));
            malformed(get("?limit=5&" + name + "=" + value.replace("+", "%20")));
        }
        malformed(get("?" + name));
    }

    private void refused(String body) {
        int before = things.runs.get();
        malformed(post(body));
        assertThat(things.runs.get()).as(body).isEqualTo(before);
    }

    private static void malformed(WebTestClient.ResponseSpec answer) {
        answer.expectStatus().isBadRequest().expectBody().jsonPath("$.code").isEqualTo("malformed-request");
    }

    private WebTestClient.ResponseSpec post(String body) {
        return web().post()
                .uri("/api/kinds")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    private WebTestClient.ResponseSpec get(String query) {
        return web().get()
                .uri(URI.create("http://127.0.0.1:" + port + "/api/kinds" + query))
                .exchange();
    }

    private WebTestClient web() {
        return TestWebClient.to("http://127.0.0.1:" + port)
                .defaultHeader("Authorization", "Bearer " + TOKENS.user("alice"))
                .build();
    }
}
