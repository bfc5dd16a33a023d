package io.tillstream.simulator.account;

import io.tillstream.simulator.SimulatorSettings;
import io.tillstream.simulator.api.Resource;
import io.tillstream.simulator.api.Routes;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/account}: whose keys these are. */
@Component
class AccountResource implements Resource {
    private final ObjectNode account;

    AccountResource(SimulatorSettings settings, Timeline timeline) {
        account = Json.object("account", settings.account());
        account.set(
                "business_profile",
                Json.object().put("mcc", "5942").put("name", "Tillstream").putNull("url"));
        account.putNull("business_type");
        account.set(
                "capabilities",
                Json.literal("{'card_payments':'active','sepa_debit_payments':'active','transfers':'active',"
                        + "'us_bank_account_ach_payments':'active'}"));
        account.put("charges_enabled", true).put("country", "US").put("created", timeline.now());
        account.put("default_currency", "usd").put("details_submitted", true).put("email", "owner@tillstream.example");
        account.putObject("metadata");
        account.put("payouts_enabled", true);
        account.set("settings", Json.literal("{'dashboard':{'display_name':'Tillstream','timezone':'Etc/UTC'}}"));
        account.put("type", "standard");
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/v1/account", call -> account.deepCopy());
    }
}
