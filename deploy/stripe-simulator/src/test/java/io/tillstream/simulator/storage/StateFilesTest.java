package io.tillstream.simulator.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import io.tillstream.simulator.state.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.node.ObjectNode;

class StateFilesTest {
    private static final DataSize NEVER = DataSize.ofGigabytes(1);
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path temp;

    private final List<Account> opened = new ArrayList<>();

    @AfterEach
    void stop() {
        List.copyOf(opened).forEach(Account::stop);
    }

    /** A small account that keeps its state in a folder. */
    private final class Account {
        final Stores stores = new Stores();
        final Timeline timeline = new Timeline();
        final BillingTime time = new BillingTime(timeline, stores);
        final Store clocks = stores.open(BillingTime.CLOCK, "clock");
        final Store things = stores.openByKind("thing", "thing", "type");
        final StateMap<List<String>> notes = stores.listMap("notes", String.class);
        final List<String> done = new ArrayList<>();
        final Work work = timeline.work("thing.done", done::addAll);
        final Path folder;
        final Storage storage;

        Account(Path folder, DataSize compactAfter) {
            this.folder = folder;
            storage = new Storage(new StorageSettings(folder.toString(), compactAfter), stores, timeline, List.of());
            storage.afterSingletonsInstantiated();
            opened.add(this);
        }

        void turn(Runnable changes) {
            Boolean unused = timeline.call(() -> {
                        changes.run();
                        return true;
                    })
                    .block(LONG);
        }

        void add(int number) {
            turn(() -> {
                ObjectNode thing = Json.object("thing", "thing_" + number).put("created", number);
                things.add(thing.put("type", "type." + number % 7).put("text", "what is usual " + number));
                notes.put("note " + number, List.of("a", "b" + number));
            });
        }

        String all() {
            return new Query(things).all() + " " + notes.keys() + notes.values() + " " + things.count() + " "
                    + timeline.upcoming();
        }

        void stop() {
            opened.remove(this);
            storage.stop();
        }
    }

    /** The files as they are at this moment, which is what a kill leaves. */
    private Path killed(Path folder) throws IOException {
        Path copy = Files.createTempDirectory(temp, "killed");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return copy;
    }

    private Path folder() {
        return temp.resolve("account");
    }

    @Test
    void everyTurnThatWasAnsweredIsThereAfterAKill() throws IOException {
        Account account = new Account(folder(), NEVER);
        IntStream.range(0, 60).forEach(account::add);
        account.turn(() -> {
            account.things.update("thing_3", thing -> thing.put("text", "another"));
            account.things.delete("thing_4", null);
            account.things.delete(
                    "thing_5",
                    Json.object("thing", "thing_5").put("type", "type.5").put("deleted", true));
            account.things.mark("thing_6");
            account.notes.remove("note 7");
            account.timeline.in(Duration.ofDays(1), account.work, "with", "words");
        });

        Account next = new Account(killed(folder()), NEVER);

        assertThat(next.all()).isEqualTo(account.all());
        assertThat(next.things.find("thing_4")).isEmpty();
        assertThat(next.things.get("thing_5").path("deleted").asBoolean()).isTrue();
        assertThat(next.things.isMarked("thing_6")).isTrue();
        assertThat(new Query(next.things).where("type", "type.3").all()).hasSize(9);
        next.add(60);
        next.turn(() -> next.timeline.set(Instant.now().plus(Duration.ofDays(2))));
        assertThat(next.done).containsExactly("with", "words");
        assertThat(new Account(killed(next.folder), NEVER).all()).isEqualTo(next.all());
    }

    @Test
    void whatIsDueByAClockThatStandsIsThereAfterAKillToo() throws IOException {
        Account account = new Account(folder(), NEVER);
        ObjectNode clock = Json.object(BillingTime.CLOCK, "clock_1").put("frozen_time", 1_000_000);
        account.turn(() -> {
            account.clocks.add(clock.put("created", 1));
            account.time.of(clock, () -> {
                account.time.in(Duration.ofDays(1), account.work, "by", "the clock");
                return clock;
            });
        });

        Account next = new Account(killed(folder()), NEVER);

        next.turn(() -> next.timeline.set(Instant.now().plus(Duration.ofDays(2))));
        assertThat(next.done).isEmpty();
        next.turn(() -> next.time.advance(
                "clock_1", Instant.ofEpochSecond(1_000_000), Instant.ofEpochSecond(1_000_000 + 86_400)));
        assertThat(next.done).containsExactly("by", "the clock");
        assertThat(new Account(killed(next.folder), NEVER).timeline.upcoming()).isZero();
    }

    @Test
    void aLastRecordThatIsNotWholeTakesBackItsWholeTurnAndNothingElse() throws IOException {
        Account account = new Account(folder(), NEVER);
        IntStream.range(0, 5).forEach(account::add);
        String before = account.all();
        long whole = Files.size(folder().resolve("log-00000001"));
        account.add(5);
        long end = Files.size(folder().resolve("log-00000001"));

        for (long cut = whole + 1; cut < end; cut += 13) {
            Path torn = killed(folder());
            Files.write(torn.resolve("log-00000001"), head(torn.resolve("log-00000001"), cut));
            Account next = new Account(torn, NEVER);
            assertThat(next.all()).isEqualTo(before);
            next.add(5); // and the log goes on where it was whole
            String after = next.all();
            assertThat(new Account(killed(torn), NEVER).all()).isEqualTo(after);
        }
    }

    private static byte[] head(Path file, long length) throws IOException {
        byte[] all = Files.readAllBytes(file);
        return Arrays.copyOf(all, (int) length);
    }

    @Test
    void aRecordThatBrokeInTheMiddleIsToldAndNotSkipped() throws IOException {
        Account account = new Account(folder(), NEVER);
        IntStream.range(0, 20).forEach(account::add);
        Path log = folder().resolve("log-00000001");
        byte[] whole = Files.readAllBytes(log);
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);

        for (int i = 0; i < 20; i++) {
            Path broken = killed(folder());
            byte[] bytes = whole.clone();
            int at = random.nextInt(bytes.length / 2);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(broken.resolve("log-00000001"), bytes);
            assertThatThrownBy(() -> new Account(broken, NEVER))
                    .as("byte %d", at)
                    .hasMessageContaining("log-00000001 is damaged")
                    .hasMessageContaining("delete it");
        }
    }

    @Test
    void aBrokenSnapshotOrAMissingLogIsTold() throws IOException {
        Account account = new Account(folder(), NEVER);
        account.add(1);
        Path broken = killed(folder());
        byte[] snapshot = Files.readAllBytes(broken.resolve("snapshot-00000001"));
        snapshot[snapshot.length - 20] ^= 1;
        Files.write(broken.resolve("snapshot-00000001"), snapshot);
        assertThatThrownBy(() -> new Account(broken, NEVER)).hasMessageContaining("snapshot-00000001");

        Path gap = killed(folder());
        Files.write(gap.resolve("log-00000003"), new byte[0], StandardOpenOption.CREATE);
        assertThatThrownBy(() -> new Account(gap, NEVER)).hasMessageContaining("log-00000002");

        Path bare = killed(folder());
        Files.delete(bare.resolve("snapshot-00000001"));
        assertThatThrownBy(() -> new Account(bare, NEVER)).hasMessageContaining("snapshot before it is missing");
    }

    @Test
    void aSnapshotTakesThePlaceOfALongLogAndNothingIsLostAtAnyMomentOfIt() throws IOException {
        Account account = new Account(folder(), DataSize.ofBytes(3_000));
        for (int i = 0; i < 300; i++) {
            account.add(i);
            if (i % 10 == 0) {
                assertThat(new Account(killedWhileFilesMove(), NEVER).all()).isEqualTo(account.all());
            }
        }
        await().atMost(LONG).untilAsserted(() -> {
            try (Stream<Path> files = Files.list(folder())) {
                // One of each, and one more of a snapshot that is being written.
                assertThat(files.filter(file -> file.toString().contains("snapshot-00000001")))
                        .isEmpty();
            }
        });
        assertThat(new Account(killedWhileFilesMove(), NEVER).all()).isEqualTo(account.all());
    }

    /** A copy takes longer than a kill: it is taken again if files were replaced meanwhile. */
    private Path killedWhileFilesMove() throws IOException {
        while (true) {
            List<String> before = names();
            try {
                Path copy = killed(folder());
                if (names().equals(before)) {
                    return copy;
                }
            } catch (NoSuchFileException e) {
                // It was just replaced.
            }
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    @Test
    void aResetIsKeptTooAndTakesNothingOfWhatCameAfterIt() throws IOException {
        Account account = new Account(folder(), NEVER);
        IntStream.range(0, 50).forEach(account::add);
        account.turn(() -> {
            account.timeline.in(Duration.ofDays(1), account.work, "gone");
            account.stores.clear();
            account.timeline.reset();
        });
        IntStream.range(100, 150).forEach(account::add);

        assertThat(new Account(killed(folder()), NEVER).all()).isEqualTo(account.all());
        assertThat(account.things.find("thing_1")).isEmpty();
    }

    @Test
    void whatFellDueWhileNobodyRanIsDoneAtItsOwnTimeAndInOrder() throws IOException {
        Path copy = killedBeforeAnyOfItFellDue(0);

        Account next = new Account(copy, NEVER);

        assertThat(next.done).containsExactly("first", "second");
        assertThat(new Account(killed(copy), NEVER).done).isEmpty();
    }

    /** Its work is due by now. A pause of the machine may have been longer than the work waits: then once more. */
    private Path killedBeforeAnyOfItFellDue(int tries) throws IOException {
        Account account = new Account(temp.resolve("account-" + tries), NEVER);
        account.turn(() -> {
            account.timeline.in(Duration.ofMillis(300), account.work, "second");
            account.timeline.in(Duration.ofMillis(200), account.work, "first");
        });
        Path copy = killed(account.folder);
        boolean early =
                Boolean.TRUE.equals(account.timeline.call(account.done::isEmpty).block(LONG));
        await().atMost(LONG).until(() -> account.done.size() == 2);
        return early ? copy : killedBeforeAnyOfItFellDue(tries + 1);
    }

    @Test
    void theClockGoesOnWhereItWas() throws IOException {
        Instant target = Instant.parse("2031-05-06T07:08:09Z");
        Account account = new Account(folder(), NEVER);
        long begin = System.currentTimeMillis();
        account.turn(() -> account.timeline.set(target));

        Account next = new Account(killed(folder()), NEVER);

        Instant now = next.timeline.instant();
        assertThat(now).isBetween(target, target.plusMillis(System.currentTimeMillis() - begin));
    }

    @Test
    void twoSimulatorsNeverWriteIntoOneFolder() {
        Account account = new Account(folder(), NEVER);
        assertThatThrownBy(() -> new Account(folder(), NEVER)).hasMessageContaining("another simulator");
        account.stop();
        assertThat(new Account(folder(), NEVER).all()).isEqualTo(account.all());
    }
}
