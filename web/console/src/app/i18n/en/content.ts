export const spread = {
  links: {
    title: "Spread links", lead: "A short, tracked link for every channel, store and member of staff; whoever opens it joins the network.", create: "New link",
    empty: "No spread links yet", emptyDetail: "Make one and post it in chats; who opens it and who buys is counted to it.", nameHint: "Moments · spring books",
  },
  codes: {
    title: "QR codes", lead: "QR codes on posters and in stores: scanned, opened, acted, every step is seen.", create: "New fixed code",
    empty: "No codes yet", emptyDetail: "Make one, download it, and print it.", nameHint: "Counter sign · store 66", forEver: "A fixed code keeps its target once printed; for another target make another code.",
  },
  csv: "Export CSV", search: "Name or code", noMatch: "Nothing matches", clear: "Clear filters", more: "Load more",
  filter: { campaign: "Campaign", unit: "Store", state: "State" },
  state: { on: "On", off: "Off", expired: "Expired" },
  kind: { link: "Link", fixed: "Fixed code" },
  column: { name: "Name", target: "Leads to", campaign: "Campaign", owner: "Belongs to", funnel: "What came of it (people)", made: "Made" },
  funnel: { scanned: "Scanned", opened: "Opened", acted: "Acted" },
  funnelHint: {
    scanned: "People who scanned the code (by browser)", opened: "People who came to where it leads (by browser)",
    acted: "People who ordered, joined a play, answered a form or became a friend within 30 days; counted once, to the link they opened last",
  },
  target: { page: "Page", play: "Play", product: "Product", url: "Address", pageOf: "Page {{id}}", playOf: "Play {{id}}", productOf: "Product {{id}}" },
  targetHint: { page: "A page made under Pages", play: "The id of the play", product: "The id of the product", url: "An https address whose host is allowed" },
  channel: { moments: "Moments", wecom: "WeCom", poster: "Poster", sms: "SMS", store: "Store" },
  form: {
    name: "Name", needName: "Give it a name", target: "Leads to", needTarget: "Choose or name where it leads", unpublished: "not published", noPages: "No pages yet: make one under Pages first",
    campaign: "Counted to campaign", campaignHint: "With a campaign and an owner, whoever opens it becomes a hop of the campaign's network", unit: "Store", staff: "Staff", channel: "Channel", channelHint: "Where it is put",
    expires: "Valid until", never: "No end", made: "“{{name}}” is made",
  },
  hosts: {
    open: "Allowed hosts", title: "Hosts that links may lead to", lead: "Short links and pages lead only to hosts listed here, so that nobody abuses them. Links to a host that is removed stop at once.", saved: "Saved", save: "Save",
  },
  detail: {
    copy: "Copy the link", copied: "Copied", qr: "QR code of {{address}}", spreads: "Whoever opens this link becomes a hop of the campaign's network, brought by whom it belongs to.",
    funnel: "From scan to action", days: "Last {{days}} days", nothing: "Nobody opened it in these days.", opens: "Times opened", off: "Switch off", on: "Switch on",
    offTitle: "Switch this link off?", offDetail: "Whoever opens it then sees a page that says so. It can be switched on again.",
  },
};

export const blocks = {
  title: "Pages", lead: "Pages for customers, put together from blocks: articles, book lists, order pages, forms.", create: "New page", search: "Title, content or id", untitled: "Untitled",
  empty: "No pages yet", emptyDetail: "Make one and begin with a sample; customers see nothing before it is published.", sampleText: "Write something here.\n\nAn empty line begins a new paragraph.",
  filter: { all: "All" },
  column: { page: "Page", state: "State", blocks: "Blocks", changed: "Last changed" },
  state: { published: "Published", draft: "Draft", version: "Version {{version}}", differs: "Unpublished changes" },
  form: {
    title: "Title", titleHint: "What a chat shows when it is shared", needTitle: "Give it a title", id: "Id", idHint: "Part of its address; made for you when empty", badId: "1–64 letters, digits or - _ . :", taken: "This id is taken: choose another",
    description: "Description", image: "Picture for sharing",
  },
  editor: {
    card: "Share card", add: "Add a block", noBlocks: "No blocks yet", up: "Move up", down: "Move down", remove: "Remove", phone: "On a phone", noPicture: "No picture yet",
    save: "Save draft", publish: "Publish", publishTitle: "Publish “{{title}}”?", publishDetail: "Customers see this version at once.", published: "Published", unpublished: "Not published: customers do not see it",
    withdraw: "Withdraw", withdrawTitle: "Withdraw this page?", withdrawDetail: "Customers see it no longer; the draft and the versions stay.",
    conflict: "Somebody else has just changed this page. Load it again before you go on.", reload: "Load again", faults: "To be mended before it is published", history: "Versions", take: "Take into the draft", taken: "Version {{version}} is in the draft; save or publish it",
  },
  type: { title: "Heading", text: "Text", image: "Picture", list: "List", product: "Product", play: "Play", form: "Form", button: "Button", spacer: "Space" },
  fresh: { title: "New heading", text: "A new paragraph", item: "A new entry", button: "Have a look", phone: "Phone", submit: "Send", thanks: "Received, thank you" },
  field: {
    large: "Large", small: "Small", src: "Picture address", alt: "What is on the picture", to: "A tap leads to", nowhere: "Nowhere", id: "Id", product: "Product id", play: "Play id", primary: "Primary", plain: "Plain",
    entry: "An entry", note: "Small print", addEntry: "Add an entry", formTitle: "Heading of the form", question: "What is asked", required: "Required", name: "Field", options: "Options, Enter between them", addField: "Add a question", submit: "Button", thanks: "Said afterwards",
  },
  kind: { text: "Text", name: "Name", phone: "Phone", city: "City", choice: "Choice" },
  size: { small: "Small", medium: "Medium", large: "Large" },
};
