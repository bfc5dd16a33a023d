package io.tillstream.simulator.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What fails changes nothing, whichever part of the state it changed. */
class AttemptsTest {
    private final Stores stores = new Stores();
    private final Timeline timeline = new Timeline();
    private final Attempts attempts = new Attempts(stores, timeline);
    private final Store things = stores.open("thing", "th", "owner");
    private final StateMap<String> notes = stores.map("thing.notes", String.class);
    private final Work work = timeline.work("thing.work", with -> {});

    @BeforeEach
    void begin() {
        stores.kept().forEach(Kept::keep);
        timeline.keep();
        add("th_old", "alice");
        add("th_gone", "alice");
        notes.put("old", "as it was");
        notes.put("gone", "there");
    }

    @AfterEach
    void end() {
        timeline.stop();
    }

    private void add(String id, String owner) {
        things.add(Json.object("thing", id).put("created", 1).put("owner", owner));
    }

    private int changeAll() {
        add("th_new", "bob");
        things.update("th_old", each -> each.put("owner", "bob"));
        things.update("th_new", each -> each.put("owner", "carol"));
        things.delete("th_gone", null);
        things.mark("th_old");
        notes.put("old", "other");
        notes.put("new", "here");
        notes.remove("gone");
        timeline.in(Duration.ofDays(1), work, "th_new");
        return 7;
    }

    private void failing() {
        assertThatThrownBy(() -> attempts.make(
                        () -> {
                            changeAll();
                            throw new IllegalStateException("refused");
                        },
                        failure -> false))
                .hasMessage("refused");
    }

    @Test
    void whatFailsIsTakenBack() {
        Map<String, String> before = StateText.of(stores, timeline);
        failing();
        assertThat(StateText.of(stores, timeline)).isEqualTo(before);
        assertThat(things.isMarked("th_old")).isFalse();
        assertThat(new Query(things).where("owner", "alice").all()).hasSize(2);
        assertThat(new Query(things).where("owner", "bob").all()).isEmpty();
        assertThat(things.find("th_new")).isEmpty();
        assertThat(things.find("th_gone")).isPresent();
        add("th_new", "bob");
        assertThat(new Query(things).where("owner", "bob").all()).hasSize(1);
    }

    @Test
    void whatIsDoneAndWhatIsToLeaveSomethingStays() {
        assertThat(attempts.make(this::changeAll, failure -> false)).isEqualTo(7);
        assertThat(things.find("th_new")).isPresent();
        assertThat(notes.contains("gone")).isFalse();
        assertThatThrownBy(() -> attempts.make(
                        () -> {
                            notes.put("declined", "yes");
                            throw new IllegalStateException("declined");
                        },
                        failure -> true))
                .hasMessage("declined");
        assertThat(notes.contains("declined")).isTrue();
    }

    /** What is written after a failure is what was there before it. */
    @Test
    void theNextProcessReadsNothingOfIt() throws IOException {
        written(things);
        written(notes);
        failing();
        add("th_later", "dave");
        Store read = new Store("thing", java.util.List.of("owner"), null);
        read.read(new DataInputStream(new ByteArrayInputStream(copied(things))));
        read.restored();
        assertThat(read.size()).isEqualTo(3);
        assertThat(read.get("th_old").path("owner").asString()).isEqualTo("alice");
        assertThat(read.find("th_new")).isEmpty();
        assertThat(written(things)).isNotEmpty();
    }

    private static byte[] written(Kept part) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        part.writeChanges(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static byte[] copied(Kept part) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        part.copy().writeTo(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
