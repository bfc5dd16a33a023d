package io.tillstream.benchmark;

import io.tillstream.benchmark.measure.ProcessorTime;
import io.tillstream.benchmark.measure.Topic;
import io.tillstream.benchmark.peer.KafkaEndpoint;
import io.tillstream.local.LocalSettings;
import io.tillstream.local.LocalTillstream;
import io.tillstream.local.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** The whole system on this machine, with nothing in it and no limit that a benchmark would only measure itself. */
final class MeasuredSystem implements AutoCloseable {
    private static final Path FOLDER = Path.of("target/benchmark").toAbsolutePath();
    private static final Set<Part> PROFILED = Set.of(
            Part.GATEWAY, Part.ORDER_SERVICE, Part.PAYMENT_SERVICE, Part.SUBSCRIPTION_SERVICE, Part.WEBHOOK_INGEST);

    private final LocalTillstream tillstream;
    private final AtomicBoolean closed = new AtomicBoolean();

    private MeasuredSystem(LocalTillstream tillstream) {
        this.tillstream = tillstream;
    }

    /**
     * Starts it, with the data of earlier runs deleted.
     *
     * @param people who can sign in
     * @param profiles whether each service leaves a recording of JDK Flight Recorder beside the report
     */
    static MeasuredSystem start(List<String> people, boolean profiles) {
        LocalSettings settings = unlimited(LocalSettings.standard()
                .withData(FOLDER.resolve("data"))
                .withFreePorts()
                .withMeasurement());
        for (String person : people) {
            String prefix = "IDENTITY_PEOPLE_" + person.toUpperCase(Locale.ROOT) + "_";
            settings = settings.with(Part.IDENTITY, prefix + "NAME", person)
                    .with(Part.IDENTITY, prefix + "EMAIL", person + "@example.com")
                    .with(Part.IDENTITY, prefix + "PASSWORD", person + "-password")
                    .with(Part.IDENTITY, prefix + "OPERATOR", "false");
        }
        if (profiles) {
            for (Part part : PROFILED) {
                settings = settings.with(
                        part,
                        "JAVA_TOOL_OPTIONS",
                        "-XX:StartFlightRecording=settings=profile,maxsize=200m,dumponexit=true,filename="
                                + FOLDER.resolve(part.label() + ".jfr"));
            }
        }
        LocalTillstream tillstream = new LocalTillstream(settings, true);
        MeasuredSystem system = new MeasuredSystem(tillstream);
        Runtime.getRuntime().addShutdownHook(new Thread(system::close, "stop"));
        tillstream.start();
        return system;
    }

    /** A few buyers do what thousands do, and the simulator has no limit of calls. Its fees need no time. */
    private static LocalSettings unlimited(LocalSettings settings) {
        return settings.with("RATE_USER_PER_SECOND", "1000000")
                .with("RATE_USER_BURST", "1000000")
                .with("RATE_USER_STRIPE_PER_SECOND", "1000000")
                .with("RATE_USER_STRIPE_BURST", "1000000")
                .with("RATE_ADDRESS_PER_SECOND", "1000000")
                .with("RATE_ADDRESS_BURST", "1000000")
                .with("STRIPE_CALLS_PER_SECOND", "1000")
                .with("SIMULATOR_BALANCE_DELAY", "0s");
    }

    URI url(Part part) {
        return tillstream.url(part);
    }

    String jdbcUrl() {
        return tillstream.jdbcUrl("orders");
    }

    /** An access token, got as a person at a shell gets one. */
    String token(String user) {
        Path root = LocalSettings.standard().root();
        ProcessBuilder script =
                new ProcessBuilder(root.resolve("deploy/local/token").toString(), user);
        script.environment().put("OIDC_ISSUER", url(Part.IDENTITY).toString());
        try {
            Process process = script.redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("no token for " + user + ": " + output);
            }
            return output;
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }

    /** The process of each part. */
    Map<String, Long> processes() {
        Map<String, Long> processes = new LinkedHashMap<>();
        tillstream.parts().forEach(part -> processes.put(part.label(), tillstream.processId(part)));
        return processes;
    }

    ProcessorTime processorTime() {
        return ProcessorTime.of(processes());
    }

    /** Where Kafka is. */
    String kafka() {
        return "127.0.0.1:" + tillstream.port(Part.KAFKA);
    }

    /** Where Stripe's events go: to webhook-ingest, or to the gateway before it. */
    KafkaEndpoint webhooks(Part front) {
        Map<String, Long> processes = new LinkedHashMap<>();
        processes.put(KafkaEndpoint.OWN, tillstream.processId(front));
        processes.put(Part.KAFKA.label(), tillstream.processId(Part.KAFKA));
        return new KafkaEndpoint(
                url(front),
                "/webhooks/stripe",
                tillstream.webhookSecret(),
                new Topic(kafka(), "stripe.events"),
                processes,
                () -> {});
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            tillstream.close();
        }
    }
}
