package io.tillstream.web.example;

import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A small service with one of everything, for the tests of this module. */
@SpringBootApplication
public class TestService {

    public record Item(
            @NotBlank String name,
            @Min(1) long amount,
            @Nullable Kind kind,
            @Nullable String note) {}

    public enum Kind {
        SMALL,
        LARGE
    }

    /** A field of each kind that is no text. */
    public record Kinds(
            @Nullable Long amount,
            @Nullable Integer quantity,
            @Nullable Double rate,
            @Nullable BigDecimal price,
            @Nullable Boolean save,
            @Nullable Kind kind,
            @Nullable UUID id,
            @Nullable Instant at,
            @Nullable Duration length,
            @Nullable List<Long> amounts,
            @Nullable Map<String, Long> named,
            @Nullable Kinds inside) {}

    public record Made(UUID id, String owner, String name, int run) {}

    private static final Logger LOG = LoggerFactory.getLogger(TestService.class);

    @RestController
    public static class Things {

        public final AtomicInteger runs = new AtomicInteger();
        public final AtomicInteger finished = new AtomicInteger();
        public volatile Sinks.Empty<Void> gate = Sinks.empty();

        @GetMapping("/api/products")
        Mono<Page<String>> products(Paging paging) {
            List<String> all = List.of("a", "b", "c");
            return Mono.just(Page.of(
                    all.subList(0, Math.min(3, paging.rowsToRead())), paging, name -> new Cursor(Instant.EPOCH, name)));
        }

        @GetMapping("/api/me")
        Mono<Caller> me(Caller caller) {
            return Mono.just(caller);
        }

        @GetMapping("/api/logged")
        Mono<String> logged() {
            return Mono.delay(Duration.ofMillis(1)).map(onAnotherThread -> {
                LOG.info("Logged on another thread");
                return "logged";
            });
        }

        @PostMapping("/api/items")
        @Idempotent(idIn = "test_items.id")
        Mono<ResponseEntity<Made>> make(Caller caller, IdempotencyKey key, @Valid @RequestBody Item item) {
            int run = runs.incrementAndGet();
            return switch (item.name()) {
                case "declined" ->
                    Mono.error(Problem.of(402, "card-declined", "No.").with("payment", Map.of("run", run)));
                case "conflict" -> Mono.error(Problem.conflict("busy", "Run " + run));
                case "broken" -> Mono.error(new IllegalStateException("jdbc:secret " + run));
                case "broken once" ->
                    Mono.error(run == 1 ? new IllegalStateException("gone") : Problem.conflict("busy", "Run " + run));
                case "slow conflict" -> gate.asMono().then(Mono.error(Problem.conflict("busy", "Run " + run)));
                case "slow" -> gate.asMono().then(Mono.fromSupplier(() -> made(caller, key, item, run)));
                default -> Mono.just(made(caller, key, item, run));
            };
        }

        private ResponseEntity<Made> made(Caller caller, IdempotencyKey key, Item item, int run) {
            finished.incrementAndGet();
            return ResponseEntity.status(HttpStatus.CREATED)
                    .header("Location", "/api/items/" + key.id())
                    .body(new Made(key.id(), caller.userId(), item.name(), run));
        }

        @PostMapping("/api/kinds")
        @Idempotent(required = false)
        Mono<String> kinds(@RequestBody Kinds kinds) {
            return Mono.just("done " + runs.incrementAndGet());
        }

        @GetMapping("/api/kinds")
        Mono<String> filtered(
                Paging paging,
                @RequestParam(required = false) @Nullable UUID id,
                @RequestParam(required = false) @Nullable String name,
                @RequestParam(required = false) @Nullable Kind kind,
                @RequestParam(defaultValue = "0") int since,
                @RequestParam(defaultValue = "false") boolean all) {
            return Mono.just("everything");
        }

        @PostMapping("/api/free")
        @Idempotent(required = false, idIn = Idempotent.CALLS_TO_STRIPE)
        Mono<Made> free(Caller caller, IdempotencyKey key, @RequestBody Map<String, Object> body) {
            if ("conflict".equals(body.get("name"))) {
                return Mono.error(Problem.conflict("busy", "Run " + runs.incrementAndGet()));
            }
            return Mono.just(new Made(key.id(), caller.userId(), "free", runs.incrementAndGet()));
        }

        @PostMapping("/api/plain")
        @Idempotent(required = false)
        Mono<String> plain(@RequestBody Map<String, Object> body) {
            return Mono.just("done " + runs.incrementAndGet());
        }

        @PostMapping("/api/bare")
        @Idempotent(required = false)
        Mono<String> bare() {
            return Mono.just("done " + runs.incrementAndGet());
        }

        @PostMapping("/api/secrets")
        @Idempotent(required = false, keepsAnswer = false)
        Mono<String> secret() {
            return Mono.just("secret " + runs.incrementAndGet());
        }

        @PostMapping("/api/items/{id}/parts")
        @Idempotent(idIn = "test_items.id")
        Mono<Made> part(
                Caller caller,
                IdempotencyKey key,
                @PathVariable UUID id,
                @RequestBody Map<String, Object> body,
                @RequestParam(defaultValue = "any") String color) {
            return Mono.just(new Made(key.id(), caller.userId(), id + " " + color, runs.incrementAndGet()));
        }

        @PostMapping("/api/names/{name}/parts")
        @Idempotent(idIn = "test_items.id")
        Mono<Made> namedPart(
                Caller caller, IdempotencyKey key, @PathVariable String name, @RequestBody Map<String, Object> body) {
            return Mono.just(new Made(key.id(), caller.userId(), name, runs.incrementAndGet()));
        }

        @PostMapping("/api/orders/{id}/refunds")
        Mono<String> refund(@PathVariable UUID id) {
            return Mono.just("refunded");
        }

        @GetMapping("/internal/things")
        Mono<String> internal() {
            return Mono.just("inside");
        }

        @GetMapping("/api/late")
        Mono<String> late() {
            return Mono.<String>never().timeout(Duration.ofMillis(10));
        }
    }
}
