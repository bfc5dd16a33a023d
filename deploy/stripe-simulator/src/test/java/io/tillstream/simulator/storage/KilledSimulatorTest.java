package io.tillstream.simulator.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.simulator.WebhookReceiver;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.storage.SimulatorProcess.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Kill -9 at any moment: what was answered is there, and what was not is there whole or not at all. */
class KilledSimulatorTest {
    private static final int KILLS = Integer.getInteger("kills", 4);
    private static final long KEY_KEPT = Duration.ofHours(24).toSeconds();
    private static final Duration EVENT_KEPT = Duration.ofDays(30);
    private static final Duration SETTLED = Duration.ofMinutes(5);
    private static final List<String> LISTS = List.of(
            "payment_intents",
            "charges",
            "customers",
            "invoices",
            "subscriptions?status=all",
            "balance_transactions",
            "events",
            "prices",
            "products",
            "refunds",
            "payment_methods?type=card",
            "webhook_endpoints");

    @TempDir
    private Path temp;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final WebhookReceiver receiver = new WebhookReceiver().trusting("whsec_killed");
    private int started;

    /** Something that was asked, and what was answered. */
    private record Request(String path, String key, String form, Answer answer) {
        boolean isAnswered() {
            return answer.status() != 0;
        }
    }

    private SimulatorProcess start() throws IOException {
        return SimulatorProcess.launch(
                        temp.resolve("output-" + started++),
                        "",
                        Map.of(
                                "SIMULATOR_DATA", temp.resolve("account").toString(),
                                "SIMULATOR_COMPACT_AFTER", "200KB",
                                "SIMULATOR_BALANCE_DELAY", "20ms",
                                "SIMULATOR_WEBHOOK_RETRIES", "1s,2s,5s,1h",
                                "SIMULATOR_WEBHOOK_URL", receiver.url(),
                                "SIMULATOR_WEBHOOK_SECRET", "whsec_killed"))
                .started();
    }

    @Test
    void nothingThatWasAnsweredIsLostAndNothingIsDoneByHalves() throws Exception {
        System.out.println("seed " + seed);
        SimulatorProcess simulator = start();
        String price = catalog(simulator);
        for (int round = 0; round < KILLS; round++) {
            Load load = new Load(simulator, round, price, new Random(random.nextLong()));
            load.run(300 + random.nextInt(1200));
            simulator.kill();
            load.join();

            simulator = start();

            whatWasAnsweredIsThere(simulator);
            theSameKeyGivesTheSame(simulator);
            assertThat(now(simulator)).isAfterOrEqualTo(load.clock);
        }
        everythingBelongsTogether(simulator);
        everyEventArrives(simulator);
        aKillChangesNothing(simulator);
    }

    private String catalog(SimulatorProcess simulator) {
        String product = done(simulator, "/v1/products", "product", "name=Plan").id();
        return done(
                        simulator,
                        "/v1/prices",
                        "price",
                        "product=" + product + "&unit_amount=1000&currency=usd&recurring[interval]=month")
                .id();
    }

    private Answer done(SimulatorProcess simulator, String path, String key, String form) {
        Answer answer = simulator.post(path, key, form);
        requests.add(new Request(path, key, form, answer));
        return answer;
    }

    private static Instant now(SimulatorProcess simulator) {
        return Instant.parse(Json.textOf(simulator.control("GET", "clock", "").json(), "now"));
    }

    /** Payments, subscriptions that change, and a clock that is moved, all at once. */
    private final class Load {
        private final SimulatorProcess simulator;
        private final int round;
        private final String price;
        private final Random chance;
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean goesOn = true;
        private volatile Instant clock = Instant.EPOCH;

        Load(SimulatorProcess simulator, int round, String price, Random chance) {
            this.simulator = simulator;
            this.round = round;
            this.price = price;
            this.chance = chance;
        }

        void run(long millis) throws InterruptedException {
            threads.add(new Thread(() -> pay("a")));
            threads.add(new Thread(() -> pay("b")));
            threads.add(new Thread(this::subscribe));
            threads.add(new Thread(this::moveClock));
            threads.forEach(Thread::start);
            TimeUnit.MILLISECONDS.sleep(millis);
            if (round == KILLS - 1) { // by then something of all is there, however slow it was
                await().atMost(SETTLED)
                        .until(() -> isAnswered("/v1/payment_intents") && isAnswered("/v1/subscriptions"));
            }
        }

        private boolean isAnswered(String path) {
            return requests.stream()
                    .anyMatch(request ->
                            request.path().equals(path) && request.answer().status() == 200);
        }

        void join() throws InterruptedException {
            goesOn = false;
            for (Thread thread : threads) {
                thread.join();
            }
        }

        private void pay(String payer) {
            for (int i = 0; goesOn; i++) {
                String name = payer + round + "-" + i;
                String card = i % 5 == 4 ? "pm_card_visa_chargeDeclined" : "pm_card_visa";
                goesOn &= done(
                                        simulator,
                                        "/v1/payment_intents",
                                        "pay-" + name,
                                        "amount=" + (1000 + i)
                                                + "&currency=usd&confirm=true&payment_method_types[0]=card&payment_method="
                                                + card + "&metadata[name]=" + name)
                                .status()
                        != 0;
            }
        }

        private void subscribe() {
            Answer customer = done(
                    simulator,
                    "/v1/customers",
                    "cus-" + round,
                    "payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa");
            for (int i = 0; goesOn && customer.status() == 200; i++) {
                String name = round + "-" + i;
                Answer made = done(
                        simulator,
                        "/v1/subscriptions",
                        "sub-" + name,
                        "customer=" + customer.id() + "&items[0][price]=" + price + "&metadata[name]=" + name);
                if (made.status() == 200) {
                    String item =
                            Json.textOf(made.json().path("items").path("data").path(0), "id");
                    done(
                            simulator,
                            "/v1/subscriptions/" + made.id(),
                            "change-" + name,
                            "items[0][id]=" + item + "&items[0][quantity]=2&proration_behavior=always_invoice");
                }
                goesOn &= made.status() != 0;
            }
        }

        private void moveClock() {
            while (goesOn) {
                Answer moved =
                        simulator.control("PUT", "clock", "{\"advance\":\"PT" + (1 + chance.nextInt(200)) + "H\"}");
                if (moved.status() == 200) {
                    clock = Instant.parse(Json.textOf(moved.json(), "now"));
                }
                goesOn &= moved.status() != 0;
            }
        }
    }

    private void whatWasAnsweredIsThere(SimulatorProcess simulator) {
        for (Request request : requests) {
            if (request.answer().status() == 200) {
                String collection =
                        request.path().startsWith("/v1/subscriptions") ? "/v1/subscriptions" : request.path();
                Answer found = simulator.get(collection + "/" + request.answer().id());
                assertThat(found.status()).as("%s %s", request, found).isEqualTo(200);
                if (request.path().equals("/v1/payment_intents")) {
                    assertThat(Json.text(found.json(), "status")).isEqualTo("succeeded");
                }
            }
        }
    }

    /** Answered or not: asked again, it was done once. The clock moved, so keys of more than a day ago are free again. */
    private void theSameKeyGivesTheSame(SimulatorProcess simulator) {
        List<Request> all = List.copyOf(requests);
        List<Request> unanswered =
                all.stream().filter(request -> !request.isAnswered()).toList();
        requests.removeAll(unanswered);
        for (Request request : unanswered) {
            Answer again = simulator.post(request.path(), request.key(), request.form());
            requests.add(new Request(request.path(), request.key(), request.form(), again));
            assertThat(again.status()).as(again.body()).isIn(200, 402);
        }
        for (Request request : all.subList(Math.max(0, all.size() - 10), all.size())) {
            Answer known = newest(request.key());
            Answer again = simulator.post(request.path(), request.key(), request.form());
            if (again.replayed()) {
                assertThat(again.json()).isEqualTo(known.json());
            } else { // the key was free again: from now on it stands for this
                requests.add(new Request(request.path(), request.key(), request.form(), again));
            }
        }
    }

    private Answer newest(String key) {
        return requests.stream()
                .filter(request -> request.key().equals(key))
                .reduce((before, after) -> after)
                .orElseThrow()
                .answer();
    }

    private static List<JsonNode> all(SimulatorProcess simulator, String list) {
        List<JsonNode> found = new ArrayList<>();
        String after = "";
        while (true) {
            String separator = list.contains("?") ? "&" : "?";
            Answer page = simulator.get("/v1/" + list + separator + "limit=100" + after);
            assertThat(page.status()).as(page.body()).isEqualTo(200);
            page.json().path("data").forEach(found::add);
            if (!page.json().path("has_more").asBoolean()) {
                return found;
            }
            after = "&starting_after=" + Json.textOf(found.get(found.size() - 1), "id");
        }
    }

    private static Set<String> ids(List<JsonNode> objects) {
        return objects.stream().map(object -> Json.textOf(object, "id")).collect(Collectors.toSet());
    }

    private static void everythingBelongsTogether(SimulatorProcess simulator) {
        Set<String> charges = ids(all(simulator, "charges"));
        Set<String> invoices = ids(all(simulator, "invoices"));
        List<JsonNode> intents = all(simulator, "payment_intents");
        List<JsonNode> subscriptions = all(simulator, "subscriptions?status=all");

        assertThat(intents).isNotEmpty().allSatisfy(intent -> assertThat(Json.text(intent, "latest_charge"))
                .isIn(charges));
        assertThat(subscriptions).isNotEmpty().allSatisfy(subscription -> assertThat(
                        Json.text(subscription, "latest_invoice"))
                .isIn(invoices));
        assertThat(madeTwice(intents)).isEmpty();
        assertThat(madeTwice(subscriptions)).isEmpty();
    }

    /** Names that were asked for with one key and made twice while that key was kept: the clock moves far in these tests. */
    private static List<String> madeTwice(List<JsonNode> objects) {
        Map<String, Long> later = new LinkedHashMap<>();
        List<String> twice = new ArrayList<>();
        for (JsonNode object : objects) {
            String name = Json.text(object, "metadata.name");
            long created = Json.number(object, "created");
            Long other = name == null ? null : later.put(name, created);
            if (other != null && other - created < KEY_KEPT) {
                twice.add(name);
            }
        }
        return twice;
    }

    private void everyEventArrives(SimulatorProcess simulator) {
        await().atMost(SETTLED).until(() -> {
            simulator.control("POST", "deliveries/retry", "{}");
            ObjectNode state = simulator.control("GET", "deliveries/state", "").json();
            return StreamSupport.stream(state.spliterator(), false).allMatch(count -> count.asInt() == 0);
        });
        Set<String> received =
                receiver.received().stream().map(each -> each.event().getId()).collect(Collectors.toSet());
        assertThat(received).containsAll(ids(all(simulator, "events")));
        assertThat(simulator.get("/v1/events?delivery_success=false").json().path("data"))
                .isEmpty();
    }

    /** The clock goes on meanwhile: after what falls due then it is tried again. */
    private void aKillChangesNothing(SimulatorProcess first) throws IOException {
        SimulatorProcess simulator = first;
        Map<String, List<JsonNode>> before;
        Map<String, List<JsonNode>> after;
        Instant from;
        int tries = 0;
        do {
            seesBalanced(simulator);
            from = now(simulator);
            before = lists(simulator);
            simulator.kill();
            simulator = start();
            after = lists(simulator);
        } while (++tries < 5 && isDueBetween(before, after, from, now(simulator)));
        simulator.close();
        assertThat(after).isEqualTo(before);
    }

    private static void seesBalanced(SimulatorProcess simulator) {
        await().atMost(SETTLED).until(() -> all(simulator, "charges").stream()
                .noneMatch(charge ->
                        Json.is(charge, "status", "succeeded") && !Json.present(charge, "balance_transaction")));
    }

    /** Whether time alone may have changed the lists: by work, which tells of it, by money set free, by an event's age. */
    private static boolean isDueBetween(
            Map<String, List<JsonNode>> before, Map<String, List<JsonNode>> after, Instant from, Instant to) {
        Set<String> known = ids(before.get("events"));
        return !known.containsAll(ids(after.get("events")))
                || hasTimeBetween(before.get("balance_transactions"), "available_on", from, to)
                || hasTimeBetween(before.get("events"), "created", from.minus(EVENT_KEPT), to.minus(EVENT_KEPT));
    }

    private static boolean hasTimeBetween(List<JsonNode> objects, String field, Instant from, Instant to) {
        return objects.stream()
                .mapToLong(object -> Json.number(object, field))
                .anyMatch(time -> time >= from.getEpochSecond() && time <= to.getEpochSecond());
    }

    private static Map<String, List<JsonNode>> lists(SimulatorProcess simulator) {
        Map<String, List<JsonNode>> lists = new LinkedHashMap<>();
        LISTS.forEach(list -> lists.put(list, all(simulator, list)));
        return lists;
    }
}
