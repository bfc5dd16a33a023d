package io.tillstream.simulator.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class StoreTest {
    private static final int TYPES = 200; // Stripe has more types of events than a signed byte counts
    private static final int MANY = 60; // enough to learn a second time how to pack them

    @Test
    void eventsOfManyTypesAreAllReadAgain() {
        Store events = new Store("event", List.of("type"), "type");
        for (int i = 0; i < TYPES; i++) {
            events.add(event("evt_" + i, "thing." + i));
        }

        assertThat(events.get("evt_199").path("type").asString()).isEqualTo("thing.199");
    }

    @Test
    void itKnowsWhatItHasAndWhatWasTakenBackOrDeleted() {
        Store store = new Store("event", List.of("type"), "type");
        store.add(event("evt_kept", "thing.created"));
        store.add(event("evt_deleted", "thing.created"));
        store.delete("evt_deleted", null);
        store.attempt();
        store.add(event("evt_undone", "thing.created"));
        store.takeBack();

        assertThat(store.has("evt_kept")).isTrue();
        assertThat(store.has("evt_deleted")).isFalse();
        assertThat(store.has("evt_undone")).isFalse();
    }

    @Test
    void aSnapshotAfterAnUndoneObjectOfANewTypeIsReadAgainWithWhatFollows() throws IOException {
        Store store = new Store("event", List.of("type"), "type");
        store.keep();
        store.attempt();
        store.add(event("evt_undone", "thing.created"));
        store.takeBack();
        byte[] sameTurn = store.isChanged() ? bytes(store::writeChanges) : new byte[] {0};
        byte[] snapshot = bytes(store.copy()::writeTo);
        for (int i = 0; i < MANY; i++) {
            store.add(event("evt_" + i, "thing.created"));
        }
        byte[] later = bytes(store::writeChanges);

        assertRead(snapshot, later);
        assertRead(sameTurn, later);
    }

    /** A quarter of what the simulator did was that. */
    @Test
    void whatIsLookedAtAgainIsParsedOnceUntilItChanges() {
        Store store = new Store("event", List.of("type"), "type");
        store.add(event("evt_1", "thing.created"));
        store.add(event("evt_2", "thing.created"));
        for (int i = 0; i < 3; i++) {
            assertThat(new Query(store).where("type", "thing.created").all()).hasSize(2);
            assertThat(store.find("evt_1")).isPresent();
        }
        assertThat(store.parsed()).isEqualTo(2);

        store.update("evt_1", event -> event.put("type", "thing.updated"));

        assertThat(store.get("evt_1").path("type").asString()).isEqualTo("thing.updated");
        assertThat(store.get("evt_1").path("type").asString()).isEqualTo("thing.updated");
        assertThat(store.parsed()).isEqualTo(3);
    }

    @Test
    void whoChangesWhatTheyWereGivenChangesNothingThatIsStored() {
        Store store = new Store("event", List.of("type"), "type");
        ObjectNode given = event("evt_1", "thing.created");
        given.putObject("data").put("amount", 1);
        store.add(given);
        Query all = new Query(store);
        for (ObjectNode mine : List.of(
                given, store.get("evt_1"), all.newest().orElseThrow(), all.all().get(0))) {
            ((ObjectNode) mine.path("data")).put("amount", 2);
            mine.put("type", "thing.changed");
            assertThat(store.get("evt_1").toString())
                    .isEqualTo("{\"id\":\"evt_1\",\"object\":\"event\",\"created\":1,\"type\":\"thing.created\","
                            + "\"data\":{\"amount\":1}}");
        }
        Store.Change change = store.update("evt_1", event -> event.put("created", 2));
        change.object().put("created", 3);
        assertThat(store.get("evt_1").path("created").asInt()).isEqualTo(2);
    }

    @Test
    void whatWasTakenBackIsReadAsItWasThoughItWasLookedAtMeanwhile() {
        Store store = new Store("event", List.of("type"), "type");
        store.add(event("evt_1", "thing.created"));
        store.add(event("evt_2", "thing.created"));
        store.attempt();
        store.update("evt_1", event -> event.put("type", "thing.updated"));
        store.delete("evt_2", null);
        store.add(event("evt_3", "thing.created"));
        assertThat(new Query(store).all()).hasSize(2);
        store.takeBack();
        store.add(event("evt_4", "thing.created"));

        assertThat(new Query(store).where("type", "thing.created").all())
                .extracting(event -> Json.textOf(event, "id"))
                .containsExactly("evt_4", "evt_2", "evt_1");
    }

    private static void assertRead(byte[]... written) throws IOException {
        Store restored = new Store("event", List.of("type"), "type");
        for (byte[] each : written) {
            restored.read(new DataInputStream(new ByteArrayInputStream(each)));
        }
        restored.restored();
        assertThat(restored.count()).isEqualTo(MANY);
        assertThat(restored.get("evt_0").path("type").asString()).isEqualTo("thing.created");
    }

    private static byte[] bytes(Kept.Copy copy) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        copy.writeTo(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static ObjectNode event(String id, String type) {
        return Json.object("event", id).put("created", 1).put("type", type);
    }
}
