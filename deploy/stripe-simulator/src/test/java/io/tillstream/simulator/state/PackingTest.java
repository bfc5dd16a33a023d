package io.tillstream.simulator.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a run keeps in memory must not depend on what was simulated before a reset. */
class PackingTest {
    private static final int MANY = 1500; // more than it learns from

    @Test
    void afterAResetObjectsTakeNoMoreThanInANewSimulator() {
        Packing used = new Packing();
        packMany(used, "invoice");
        used.forget();

        assertThat(packMany(used, "payment")).isEqualTo(packMany(new Packing(), "payment"));
    }

    @Test
    void afterAResetObjectsComeBackAsTheyWere() {
        Packing used = new Packing();
        packMany(used, "invoice");
        used.forget();
        byte[] plain = object("payment", new Random(1));

        assertThat(used.unpack(used.pack(plain))).isEqualTo(plain);
    }

    private static long packMany(Packing packing, String look) {
        Random random = new Random(1);
        long bytes = 0;
        for (int i = 0; i < MANY; i++) {
            bytes += packing.pack(object(look, random)).length;
        }
        return bytes;
    }

    private static byte[] object(String look, Random random) {
        StringBuilder text = new StringBuilder("{");
        for (int field = 0; field < 40; field++) {
            text.append('"').append(look).append(look.hashCode() * field).append("\":");
            text.append(field % 8 == 0 ? random.nextInt(1_000_000) : field).append(',');
        }
        return text.append("\"last\":true}").toString().getBytes(StandardCharsets.UTF_8);
    }
}
