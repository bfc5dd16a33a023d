package io.tillstream.drift.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.drift.DriftKind;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

class DriftComparisonTest {

    /** Two maps for two worlds; ids that begin with {@code other} are of another system. */
    private record Things(Map<String, String> here, Map<String, String> atStripe) implements DriftKind {

        @Override
        public String name() {
            return "things";
        }

        @Override
        public List<String> lists() {
            return List.of("all");
        }

        @Override
        public Mono<ListPage> list(String list, Span span, @Nullable String after) {
            return Mono.just(new ListPage(
                    atStripe.keySet().stream().sorted().map(this::object).toList(), null));
        }

        private JsonNode object(String id) {
            return StripeJson.read(("{\"id\": \"" + id + "\", \"status\": \"" + atStripe.get(id) + "\"}")
                    .getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Mono<JsonNode> retrieve(String stripeId) {
            return atStripe.containsKey(stripeId) ? Mono.just(object(stripeId)) : Mono.empty();
        }

        @Override
        public Optional<Side> theirs(JsonNode object) {
            String status = Objects.requireNonNull(StripeJson.text(object, "status"));
            return status.equals("gone")
                    ? Optional.empty()
                    : Optional.of(
                            new Side(DriftComparison.id(object), null, Map.of("status", status, "only_stripes", "x")));
        }

        @Override
        public Flux<Side> ours(Collection<String> stripeIds) {
            return Flux.fromIterable(stripeIds)
                    .filter(here::containsKey)
                    .map(id -> new Side(id, "our-" + id, Map.of("status", here.get(id), "only_ours", "y")));
        }

        @Override
        public Flux<String> missing(List<JsonNode> unknown) {
            return Flux.fromIterable(unknown).map(DriftComparison::id).filter(id -> !id.startsWith("other"));
        }

        @Override
        public Flux<String> unseen(UUID reportId, Span span, @Nullable String after, int rows) {
            return Flux.empty();
        }

        @Override
        public List<Update> updates(JsonNode object) {
            return List.of();
        }
    }

    private static List<DriftDifference> page(Map<String, String> here, Map<String, String> atStripe) {
        Things things = new Things(here, atStripe);
        return Objects.requireNonNull(
                things.list("all", new DriftKind.Span(java.time.Instant.MIN, java.time.Instant.MAX), null)
                        .flatMap(page -> DriftComparison.page(things, page.objects()))
                        .block());
    }

    @Test
    void whatIsTheSameDoesNotDiffer() {
        assertThat(page(Map.of("a", "paid"), Map.of("a", "paid"))).isEmpty();
    }

    @Test
    void aFieldIsComparedThatBothHave() {
        assertThat(page(Map.of("a", "open"), Map.of("a", "paid")))
                .containsExactly(new DriftDifference("things", "our-a", "a", "status", "open", "paid"));
    }

    @Test
    void whatIsUnknownHereDiffersUnlessAnotherSystemMadeIt() {
        assertThat(page(Map.of(), Map.of("a", "paid", "other-b", "paid")))
                .containsExactly(new DriftDifference("things", null, "a", "object", null, "paid"));
    }

    @Test
    void whatIsAsGoodAsNothingAtStripeDiffers() {
        assertThat(page(Map.of("a", "paid"), Map.of("a", "gone")))
                .containsExactly(new DriftDifference("things", "our-a", "a", "object", "paid", null));
    }

    @Test
    void oneThatStripeDoesNotHaveDiffersAndOneThatNobodyHasDoesNot() {
        Things things = new Things(Map.of("a", "paid"), Map.of());

        assertThat(DriftComparison.one(things, "a").block())
                .containsExactly(new DriftDifference("things", "our-a", "a", "object", "paid", null));
        assertThat(DriftComparison.one(things, "b").block()).isEmpty();
    }
}
