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
