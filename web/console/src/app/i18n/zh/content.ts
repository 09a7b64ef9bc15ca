export const spread = {
  links: {
    title: "传播链接", lead: "给每个渠道、门店、员工一条可追踪的短链接；打开即计入传播网络。", create: "新建链接",
    empty: "还没有传播链接", emptyDetail: "新建一条，发到朋友圈或社群；谁打开、谁下单，都会记在它名下。", nameHint: "朋友圈 · 春季书单",
  },
  codes: {
    title: "二维码", lead: "印在海报和门店物料上的二维码：扫码、打开、行动，每一步都看得见。", create: "新建死码",
    empty: "还没有二维码", emptyDetail: "新建一个，下载后印在物料上。", nameHint: "门店立牌 · 66 号店", forEver: "死码印出后不再改变目标；要换目标，请新建一个。",
  },
  csv: "导出 CSV", search: "名称或短码", noMatch: "没有符合条件的结果", clear: "清除筛选", more: "加载更多",
  filter: { campaign: "活动", unit: "门店", state: "状态" },
  state: { on: "生效中", off: "已停用", expired: "已过期" },
  kind: { link: "链接", fixed: "死码" },
  column: { name: "名称", target: "目标", campaign: "活动", owner: "归属", funnel: "效果（人数）", made: "创建时间" },
  funnel: { scanned: "扫码", opened: "打开", acted: "行动" },
  funnelHint: {
    scanned: "扫过这个码的人数（按浏览器去重）", opened: "到达目标的人数（按浏览器去重）",
    acted: "打开后 30 天内下单、参加玩法、填表或加好友的人数；只计入他们最后一次打开的链接，每人一次",
  },
  target: { page: "页面", play: "玩法", product: "商品", url: "网址", pageOf: "页面 {{id}}", playOf: "玩法 {{id}}", productOf: "商品 {{id}}" },
  targetHint: { page: "在「页面」里做好的页面", play: "玩法的编号", product: "商品的编号", url: "https 网址，且域名在允许列表里" },
  channel: { moments: "朋友圈", wecom: "企业微信", poster: "海报", sms: "短信", store: "门店" },
  form: {
    name: "名称", needName: "请填写名称", target: "通向哪里", needTarget: "请选择或填写目标", unpublished: "未发布", noPages: "还没有页面，先到「页面」里新建",
    campaign: "计入活动", campaignHint: "选了活动并有归属，打开的人就成为该活动传播网络的一跳", unit: "门店", staff: "员工", channel: "渠道", channelHint: "投放在哪里",
    expires: "有效期至", never: "长期有效", made: "已创建「{{name}}」",
  },
  hosts: {
    open: "允许的域名", title: "允许跳转的域名", lead: "短链接和页面只会跳到这里列出的域名，防止被人冒用。移除一个域名，指向它的链接立即停用。", saved: "已保存", save: "保存",
  },
  detail: {
    copy: "复制链接", copied: "已复制", qr: "{{address}} 的二维码", spreads: "打开这条链接的人会成为活动传播网络中的一跳，算作归属方带来的。",
    funnel: "从扫码到行动", days: "近 {{days}} 天", nothing: "这些天还没有人打开。", opens: "打开次数", off: "停用", on: "启用",
    offTitle: "停用这条链接？", offDetail: "之后打开的人会看到「暂时关闭」的页面，可随时再启用。",
  },
};

export const blocks = {
  title: "页面", lead: "用一块块内容拼出客户看到的页面：文章、书单、订单页、表单。", create: "新建页面", search: "标题、内容或编号", untitled: "未命名",
  empty: "还没有页面", emptyDetail: "新建一个，带着示例内容开始；发布前客户看不到。", sampleText: "在这里写点什么。\n\n空一行就是新的一段。",
  filter: { all: "全部" },
  column: { page: "页面", state: "状态", blocks: "内容块", changed: "最近修改" },
  state: { published: "已发布", draft: "草稿", version: "第 {{version}} 版", differs: "有未发布的修改" },
  form: {
    title: "标题", titleHint: "分享到微信时显示的标题", needTitle: "请填写标题", id: "编号", idHint: "出现在网址里；不填则自动生成", badId: "1–64 个字母、数字或 - _ . :", taken: "这个编号已被使用，换一个",
    description: "简介", image: "分享图",
  },
  editor: {
    card: "分享卡片", add: "添加内容块", noBlocks: "还没有内容块", up: "上移", down: "下移", remove: "删除", phone: "手机预览", noPicture: "还没有图片",
    save: "保存草稿", publish: "发布", publishTitle: "发布「{{title}}」？", publishDetail: "客户将立即看到这一版。", published: "已发布", unpublished: "尚未发布，客户看不到",
    withdraw: "撤下", withdrawTitle: "撤下这个页面？", withdrawDetail: "客户将看不到它，草稿和历史版本会保留。",
    conflict: "别人刚改过这个页面。请重新载入后再修改。", reload: "重新载入", faults: "发布前需要修改", history: "历史版本", take: "取回到草稿", taken: "已取回第 {{version}} 版，保存或发布后生效",
  },
  type: { title: "标题", text: "正文", image: "图片", list: "列表", product: "商品", play: "玩法", form: "表单", button: "按钮", spacer: "留白" },
  fresh: { title: "新标题", text: "新的一段", item: "新的一项", button: "去看看", phone: "手机号", submit: "提交", thanks: "已收到，谢谢" },
  field: {
    large: "大", small: "小", src: "图片地址", alt: "图片说明（读屏可用）", to: "点击后去", nowhere: "不跳转", id: "编号", product: "商品编号", play: "玩法编号", primary: "醒目", plain: "普通",
    entry: "一项", note: "小字", addEntry: "加一项", formTitle: "表单标题", question: "问什么", required: "必填", name: "字段名", options: "选项，回车分隔", addField: "加一个问题", submit: "按钮文字", thanks: "提交后显示",
  },
  kind: { text: "文字", name: "姓名", phone: "手机号", city: "城市", choice: "单选" },
  size: { small: "小", medium: "中", large: "大" },
};
