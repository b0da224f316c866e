/** Something that Azure no longer creates, and where it says so. */
export interface RetiredService {
  readonly service: string;
  /** Types of resources that are it. */
  readonly types: RegExp;
  /** Names of SKUs that are it; any where absent. */
  readonly skus?: RegExp;
  readonly since: string;
  readonly instead: string;
  readonly source: string;
}

/** What this project's stacks could be tempted by. */
export const retiredServices: readonly RetiredService[] = [
  {
    service: "Azure Media Services",
    types: /^(azure-native:media[:/]|azure-native:media\/|azure:media[:/])/,
    since: "2024-06-30",
    instead: "set twinstream:mediaServices to self-hosted",
    source:
      "https://learn.microsoft.com/previous-versions/azure/media-services/latest/accounts-concept",
  },
  {
    service: "Azure CDN from Akamai",
    types: /^azure-native:cdn:Profile$/,
    skus: /^Standard_Akamai$/,
    since: "2023-10-31",
    instead: "use Standard_AzureFrontDoor or Premium_AzureFrontDoor",
    source:
      "https://learn.microsoft.com/answers/questions/1365890/maintain-of-azure-cdn-endpoint-with-akamai-retirem",
  },
  {
    service: "Azure CDN from Edgio (Verizon)",
    types: /^azure-native:cdn:Profile$/,
    skus: /^(Standard|Premium|Custom)_Verizon$/,
    since: "2025-01-15",
    instead: "use Standard_AzureFrontDoor or Premium_AzureFrontDoor",
    source: "https://learn.microsoft.com/azure/cdn/edgio-retirement-faq",
  },
  {
    service: "Azure CDN from Microsoft (classic), which takes no new profiles,",
    types: /^azure-native:cdn:Profile$/,
    skus: /^Standard_Microsoft$/,
    since: "2025-08-15",
    instead: "use Standard_AzureFrontDoor or Premium_AzureFrontDoor",
    source: "https://learn.microsoft.com/azure/cdn/classic-cdn-retirement-faq",
  },
  {
    service: "Azure Front Door (classic), which takes no new resources,",
    types: /^(azure-native:(network|frontdoor):FrontDoor|azure:frontdoor\/frontdoor:Frontdoor)$/,
    since: "2025-03-31",
    instead: "use a cdn.Profile with Standard_AzureFrontDoor or Premium_AzureFrontDoor",
    source: "https://learn.microsoft.com/azure/frontdoor/classic-retirement-faq",
  },
];
