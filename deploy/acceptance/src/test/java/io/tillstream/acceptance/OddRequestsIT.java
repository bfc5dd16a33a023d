package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.local.Part;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whatever a client sends to any endpoint, about what is theirs or about nothing, is the client's own fault, told in a
 * status that the document names, as a problem with a code and a request id, and in no more than a line of log.
 * {@code -Dodd.requests=20000} goes on longer.
 */
@Alone(Stage.ODD_REQUESTS)
class OddRequestsIT {

    private static final int REQUESTS = Integer.getInteger("odd.requests", 500);

    /** Of some ninety: else the requests are too odd, or about nothing, to meet the code behind the first look. */
    private static final int LEAST_DONE = 20;

    private static final int SIDE_BY_SIDE = 4;
    private static final List<User> USERS =
            Stream.of("odette", "odin", "odo", "odysseus").map(User::new).toList(); // only here

    /** How a line of a service's log begins; the lines of a stack trace have none. */
    private static final Pattern HEAD =
            Pattern.compile("^\\d{4}-\\d\\d-\\d\\dT\\S+ +[A-Z]+ +\\S+ \\[(?<request>[^]]*)]");

    private final ApiContract contract = ApiContract.ofGateway();
    private final Set<String> done = ConcurrentHashMap.newKeySet();

    @Test
    void anyRequestIsAnsweredAsDocumentedAndLeavesNoErrorInTheLogs() throws Exception {
        Random random = Seed.random("odd requests");
        Map<Part, Long> before = lengths();
        List<String> found = Collections.synchronizedList(new ArrayList<>());
        ExecutorService clients = Executors.newFixedThreadPool(SIDE_BY_SIDE);
        OddObjects objects = OddObjects.of(USERS, random, clients);
        try {
            OddRequests requests = new OddRequests(ApiDocument.ofGateway(), random, objects);
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                OddRequests.Odd odd = requests.next();
                sent.add(clients.submit(() -> found.addAll(faults(odd))));
            }
            for (Future<?> one : sent) {
                one.get();
            }
        } finally {
            clients.shutdownNow();
            objects.nothingIsOwed();
        }
        assertThat(found).as("answers to odd requests").isEmpty();
        assertThat(done).as("endpoints that did what they were asked for").hasSizeGreaterThan(LEAST_DONE);
        Quiet.everywhere();
        assertThat(errors(before))
                .as("lines that odd requests left in the logs")
                .isEmpty();
        assertThat(Metrics.namesIn(
                        Metrics.scrapes(), USERS.stream().map(User::name).toList()))
                .as("names that odd requests left in the metrics")
                .isEmpty();
    }

    private List<String> faults(OddRequests.Odd odd) {
        try {
            Optional<Answer> first = RawHttp.exchange(odd.bytes());
            boolean again =
                    first.filter(OddRequestsIT::isUnavailable).isPresent(); // a busy machine; or the request's fault
            return (again ? askedAgain(odd) : first)
                    .map(answer -> faults(odd, answer))
                    .orElse(List.of());
        } catch (IOException | RuntimeException e) {
            return List.of(e + " for " + odd.shown());
        }
    }

    private List<String> faults(OddRequests.Odd odd, Answer answer) {
        if (answer.status() >= 500) {
            return List.of(answer.status() + " " + answer.body() + " for " + odd.shown());
        }
        if (!odd.method().equals(odd.operation().method()) || isStrangersPage(answer)) {
            return List.of();
        }
        if (answer.status() < 300) {
            done.add(odd.operation().id());
        }
        return contract.breaches(odd.method(), odd.path(), answer).stream()
                .map(breach -> breach + " for " + odd.shown())
                .toList();
    }

    private static Optional<Answer> askedAgain(OddRequests.Odd odd) {
        return await("an answer of a service")
                .atMost(User.PATIENCE)
                .pollInSameThread()
                .until(
                        () -> RawHttp.exchange(odd.bytes()),
                        answer -> answer.isPresent() && !isUnavailable(answer.get()));
    }

    private static boolean isUnavailable(Answer answer) {
        return answer.status() == 504
                || answer.status() == 503 && answer.text("/code").equals("unavailable");
    }

    /** Any endpoint can be called from a page that may not call it. */
    private static boolean isStrangersPage(Answer answer) {
        return answer.status() == 403 && answer.text("/code").equals("origin-not-allowed");
    }

    private static Map<Part, Long> lengths() throws IOException {
        Map<Part, Long> lengths = new EnumMap<>(Part.class);
        for (Part part : Metrics.SERVICES) {
            lengths.put(part, Files.size(Stack.tillstream().log(part)));
        }
        return lengths;
    }

    /** Lines of level ERROR, and all of stack traces: those of requests, as work of the services' own may fail while they are busy. */
    private static List<String> errors(Map<Part, Long> since) {
        List<String> found = new ArrayList<>();
        since.forEach((part, length) -> {
            boolean ofRequest = false;
            for (String line : read(part, length).lines().toList()) {
                Matcher head = HEAD.matcher(line);
                ofRequest = head.find() ? !head.group("request").isEmpty() : ofRequest;
                if (ofRequest
                        && (line.contains(" ERROR ") || line.startsWith("\tat ") || line.startsWith("Caused by"))) {
                    found.add(part.label() + ": " + line);
                }
            }
        });
        return found;
    }

    private static String read(Part part, long from) {
        try (RandomAccessFile log =
                new RandomAccessFile(Stack.tillstream().log(part).toFile(), "r")) {
            byte[] bytes = new byte[(int) (log.length() - from)];
            log.seek(from);
            log.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
