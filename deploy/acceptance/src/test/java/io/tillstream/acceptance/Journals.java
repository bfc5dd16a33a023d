package io.tillstream.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What the Stripe simulator wrote down in the whole run. Its journals end with its process: before a kill they are kept here. */
final class Journals {
    private static final Path REQUESTS = file("requests");
    private static final Path DELIVERIES = file("deliveries");
    private static final Path IGNORED = file("ignored");

    private Journals() {}

    /** On disk, as they are long. */
    private static Path file(String name) {
        try {
            Path file = Files.createTempFile("journal-" + name, ".ndjson");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Before the simulator is killed; the few that come between are lost with it. */
    static synchronized void keep() {
        append(REQUESTS, Simulator.journal());
        append(DELIVERIES, Deliveries.attempts());
        append(IGNORED, Simulator.ignored());
    }

    /** All requests that came in, oldest first; numbered from 1 by each process of the simulator. */
    static List<JsonNode> requests() {
        return whole(REQUESTS, Simulator.journal());
    }

    /** Every attempt to deliver an event, oldest first. */
    static List<JsonNode> deliveries() {
        return whole(DELIVERIES, Deliveries.attempts());
    }

    /** Parameters that were taken and not used. */
    static List<JsonNode> ignored() {
        return whole(IGNORED, Simulator.ignored());
    }

    private static void append(Path file, List<JsonNode> entries) {
        try {
            Files.write(file, entries.stream().map(JsonNode::toString).toList(), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized List<JsonNode> whole(Path file, List<JsonNode> now) {
        try {
            List<JsonNode> all = new ArrayList<>();
            Files.readAllLines(file).forEach(line -> all.add(Answer.JSON.readTree(line)));
            all.addAll(now);
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
