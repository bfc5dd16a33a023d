package io.tillstream.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.surface.ParameterSamples;
import io.tillstream.simulator.surface.ParameterSamples.Sample;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.node.ObjectNode;

/** Every operation of the simulator against stripe-java's class of its parameters. */
class OperationsTest extends RunningSimulator {
    @Autowired
    private Routes routes;

    @Autowired
    private Execution execution;

    @Test
    void noOperationTakesAParameterThatStripeDoesNotHave() {
        assertThat(all()).hasSizeGreaterThan(100).allSatisfy((operation, route) -> {
            ObjectNode error = refusal(operation, "surely_unknown", "1");
            assertThat(error).as(operation).isNotNull();
            assertThat(Json.text(error, "code")).isEqualTo("parameter_unknown");
            assertThat(Json.text(error, "param")).isEqualTo("surely_unknown");
            for (String name : route.done().names()) {
                assertThat(route.isStripes(name) || route.shares(name))
                        .as(operation + " " + name)
                        .isTrue();
            }
        });
    }

    @Test
    void whatStripeHasIsDoneOrRefusedByItsName() {
        List<String> silent = new ArrayList<>();
        all().forEach((operation, route) -> {
            for (Sample sample : ParameterSamples.of(operation)) {
                ObjectNode error = refusal(operation, sample.shown(), sample.value());
                String code = error == null ? null : Json.text(error, "code");
                boolean unknown = "parameter_unknown".equals(code);
                boolean refused = "parameter_not_simulated".equals(code)
                        && Json.textOf(error, "message").contains(sample.shown());
                if (unknown || (!route.done().has(sample.path()) && !refused)) {
                    silent.add(operation + " " + sample + ": " + error);
                }
            }
        });
        assertThat(silent).isEmpty();
    }

    @Test
    void whatIsOfTheWrongKindIsRefused() {
        List<String> taken = new ArrayList<>();
        all().forEach((operation, route) -> {
            for (Sample sample : ParameterSamples.of(operation)) {
                ObjectNode error = sample.wrong() == null ? null : refusal(operation, sample.shown(), sample.wrong());
                boolean other = error == null || Json.is(error, "code", "parameter_missing");
                if (sample.wrong() != null && other) {
                    taken.add(operation + " " + sample);
                }
            }
        });
        assertThat(taken).isEmpty();
    }

    @Test
    void whatStripeDoesAndTheStandInDoesNotIsToldApartFromWhatNobodyKnows() {
        assertThat(Json.text(refusal("POST /v1/terminal/readers", "label", "x"), "code"))
                .isEqualTo("operation_not_simulated");
        assertThat(Json.textOf(refusal("POST /v1/nothing", "label", "x"), "message"))
                .startsWith("Unrecognized request URL");
    }

    private Map<String, Route> all() {
        return routes.all();
    }

    /** The error that is answered before anything is done; null if the request would be executed. */
    private @Nullable ObjectNode refusal(String operation, String param, String value) {
        String[] words = operation.replace("{}", "id").split(" ", -1);
        String form = URLEncoder.encode(param, StandardCharsets.UTF_8) + "="
                + URLEncoder.encode(value, StandardCharsets.UTF_8);
        HttpHeaders headers = new HttpHeaders();
        headers.set("Authorization", "Bearer " + SECRET_KEY);
        headers.setContentType(MediaType.APPLICATION_FORM_URLENCODED);
        boolean post = words[0].equals("POST");
        Arrival arrival =
                new Arrival(Ids.nextShort("req"), words[0], words[1], post ? null : form, post ? form : "", headers);
        Reply reply = execution.admit(arrival).reply();
        return reply == null
                ? null
                : (ObjectNode) Objects.requireNonNull(Json.parse(reply.body().getBytes(StandardCharsets.UTF_8))
                        .get("error"));
    }
}
