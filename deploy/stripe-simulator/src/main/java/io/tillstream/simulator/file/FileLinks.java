package io.tillstream.simulator.file;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.api.Call;
import io.tillstream.simulator.api.Metadata;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import io.tillstream.simulator.state.Ids;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/file_links}: addresses at which anybody can read a file, for a while or for good. */
@Component
class FileLinks {
    private static final int MOST_SHOWN = 10; // links in a file
    private static final int SECRET_LENGTH = 48;

    private final Timeline timeline;
    private final PublicAddress address;
    private final Store links;

    FileLinks(Timeline timeline, PublicAddress address, Stores stores) {
        this.timeline = timeline;
        this.address = address;
        this.links = stores.open("file_link", "link", "file", "url");
    }

    void addTo(Routes routes, Store files) {
        routes.post("/v1/file_links", call -> {
                    call.referenced(files, "file");
                    return make(call.params().required("file"), call.params());
                })
                .takes("file", "expires_at", "metadata.*");
        routes.get("/v1/file_links", this::list).paged().takes("expired", "file");
        routes.get("/v1/file_links/{id}", call -> shown(call.object(links, "link")));
        routes.post("/v1/file_links/{id}", this::update).takes("expires_at", "metadata.*");
    }

    @CanIgnoreReturnValue
    ObjectNode make(String file, Params params) {
        String id = Ids.next("link");
        ObjectNode link =
                Json.object("file_link", id).put("created", timeline.now()).put("expired", false);
        link.put("expires_at", expiry(params)).put("file", file).put("livemode", false);
        Metadata.apply(params, link);
        links.add(link.put("url", address.of("/links/" + Ids.random(SECRET_LENGTH))));
        return link;
    }

    private @org.jspecify.annotations.Nullable Long expiry(Params params) {
        if ("now".equals(params.text("expires_at"))) {
            return timeline.now();
        }
        Long at = params.integer("expires_at");
        if (at != null && at <= timeline.now()) {
            throw StripeError.malformed(null, "expires_at must be in the future.", "expires_at");
        }
        return at;
    }

    private boolean isExpired(ObjectNode link) {
        return Json.present(link, "expires_at") && Json.number(link, "expires_at") <= timeline.now();
    }

    private ObjectNode shown(ObjectNode link) {
        return link.put("expired", isExpired(link));
    }

    private ObjectNode list(Call call) {
        Query query = new Query(links).where("file", call.params().text("file"));
        Boolean expired = call.params().flag("expired");
        if (expired != null) {
            query.where(link -> isExpired(link) == expired);
        }
        ObjectNode list = call.list(links, query);
        list.get("data").forEach(each -> ((ObjectNode) each).put("expired", isExpired((ObjectNode) each)));
        return list;
    }

    private ObjectNode update(Call call) {
        ObjectNode link = call.object(links, "link");
        Params params = call.params();
        Metadata.apply(params, link);
        Long expires = expiry(params);
        return shown(links.update(call.variable("id"), each -> {
                    Metadata.apply(params, each);
                    if (params.has("expires_at")) {
                        each.put("expires_at", expires);
                    }
                })
                .object());
    }

    ObjectNode of(String file) {
        Query.Slice newest =
                new Query(links).where("file", file).after(MOST_SHOWN, null).orElseThrow();
        return Call.list("/v1/file_links?file=" + file, newest);
    }

    /** The file that an address gives to anybody; nothing if there is none, or none any more. */
    Optional<String> file(String url) {
        return new Query(links)
                .where("url", url)
                .newest()
                .filter(link -> !isExpired(link))
                .map(link -> Json.textOf(link, "file"));
    }
}
