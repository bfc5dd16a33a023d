package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * All leases of all services: what an instance that died or froze has in its hands is another's after 15 s at most, and what one
 * that lives works on is no one else's for as long as it works.
 */
class LeasesTest {

    private static final Path ROOT = LocalSettings.standard().root();

    private static final List<String> MODULES =
            List.of("common-web", "common-events", "order-service", "payment-service", "subscription-service");

    /** By table, the class that holds them. */
    private static final Map<String, String> LEASES = Map.of(
            "outbox_leases", "ShardLeases",
            "event_replays", "EventReplays",
            "drift_reports", "DriftReports",
            "idempotency_keys", "IdempotencyKeys",
            "plans", "PlanSyncRepository",
            "adopted_policies", "AdoptedPolicies",
            "policy_previews", "PolicyPreviews");

    /** A thread of its own renews all shards; a page of a replay is cut short before its lease is over. */
    private static final Set<String> WITHOUT_HEARTBEAT = Set.of("ShardLeases", "EventReplays");

    /** Times of the shop. */
    private static final Set<String> NO_LEASES =
            Set.of("paused_until", "pending_until", "before_until", "after_until", "span_until");

    private static final Pattern TABLE = Pattern.compile("(?:create|alter) table (?:if not exists )?(\\w+)([^;]*);");
    private static final Pattern UNTIL = Pattern.compile("(\\w+_until)\\s+timestamptz");
    private static final Pattern CONSTANT = Pattern.compile(
            "Duration (\\w*LEASE\\w*|\\w*CLAIMED\\w*) = Duration\\.of(Seconds|Minutes|Hours)\\((\\d+)\\)");
    private static final Pattern SETTING =
            Pattern.compile("(?m)^ +(?:[\\w-]*lease[\\w-]*|claimed-for): \\$\\{(\\w+):(\\w+)}");
    private static final Duration LONGEST = Duration.ofSeconds(15);

    @Test
    void everyTableWithALeaseIsKnownHere() {
        Set<String> tables = new TreeSet<>();
        for (Path file : files("resources", ".sql")) {
            TABLE.matcher(read(file).replaceAll("--.*", ""))
                    .results()
                    .filter(LeasesTest::hasLease)
                    .forEach(table -> tables.add(table.group(1)));
        }
        assertThat(tables).containsExactlyInAnyOrderElementsOf(LEASES.keySet());
    }

    private static boolean hasLease(MatchResult table) {
        return UNTIL.matcher(table.group(2)).results().anyMatch(column -> !NO_LEASES.contains(column.group(1)));
    }

    @Test
    void everyLeaseIsRenewedWhileItsHolderWorks() {
        for (String holder : LEASES.values()) {
            Path source = files("java", "/" + holder + ".java").get(0);
            assertThat(read(source).contains("new LeaseHeartbeat("))
                    .as(holder)
                    .isEqualTo(!WITHOUT_HEARTBEAT.contains(holder));
        }
    }

    @Test
    void noLeaseIsLongerThanFifteenSeconds() {
        Set<String> longer = new TreeSet<>();
        for (Path file : files("java", ".java")) {
            Matcher constant = CONSTANT.matcher(read(file));
            while (constant.find()) {
                Duration lease = Duration.of(
                        Long.parseLong(constant.group(3)),
                        ChronoUnit.valueOf(constant.group(2).toUpperCase(Locale.ROOT)));
                if (lease.compareTo(LONGEST) > 0) {
                    longer.add(file.getFileName() + " " + constant.group(1));
                }
            }
        }
        Set<String> settings = new TreeSet<>();
        for (Path file : files("resources", ".yml")) {
            SETTING.matcher(read(file)).results().forEach(setting -> {
                settings.add(setting.group(1));
                if (Duration.parse("PT" + setting.group(2)).compareTo(LONGEST) > 0) {
                    longer.add(file + " " + setting.group(1));
                }
            });
        }
        assertThat(longer).isEmpty();
        assertThat(settings).containsExactly("DRIFT_LEASE", "EVENT_CLAIMED_FOR", "IDEMPOTENCY_LEASE", "OUTBOX_LEASE");
    }

    private static List<Path> files(String kind, String end) {
        return MODULES.stream()
                .flatMap(module -> {
                    try (Stream<Path> all = Files.walk(ROOT.resolve(module + "/src/main/" + kind))) {
                        return Arrays.stream(all.filter(file -> file.toString().endsWith(end))
                                .toArray(Path[]::new));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
