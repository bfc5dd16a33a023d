package io.tillstream.simulator.file;

import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.StateMap;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.Base64;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What is in the files. Only so much is kept: when it is too much, the oldest goes, and its file has no contents then. */
@Component
class FileContents {
    private static final long MOST = 64L << 20; // bytes; a tenth of a usual heap, and more than a test uploads

    private final Store contents;
    private final StateMap<Long> sizes; // oldest first

    FileContents(Stores stores) {
        this.contents = stores.openAside("file_content", "object");
        this.sizes = stores.map("file.sizes", Long.class);
    }

    void keep(String file, byte[] content, long now) {
        ObjectNode kept = Json.object("file_content", file).put("created", now);
        contents.add(kept.put("bytes", Base64.getEncoder().encodeToString(content)));
        sizes.put(file, (long) content.length);
        long sum = sizes.values().stream().mapToLong(Long::longValue).sum();
        for (String oldest : sizes.keys()) {
            if (sum > MOST) {
                sum -= sizes.getOrDefault(oldest, 0L);
                sizes.remove(oldest);
                contents.delete(oldest, null);
            }
        }
    }

    Optional<byte[]> of(String file) {
        return contents.find(file).map(each -> Base64.getDecoder().decode(Json.textOf(each, "bytes")));
    }
}
